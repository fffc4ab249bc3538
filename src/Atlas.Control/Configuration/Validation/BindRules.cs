using System.Globalization;
using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration.Validation;

/// <summary>No two sections listen on the same address.</summary>
internal static class BindRules
{
    private sealed record Bound(string Owner, BindAddress Address, bool IsUdp);

    /// <summary>Adds an error for each address that an earlier section has already.</summary>
    public static void Check(AtlasConfig config, Findings findings)
    {
        // By port and kind of socket, so that a file with many addresses does not take time with their square.
        var bound = new Dictionary<(bool IsUdp, int Port, string Path), List<Bound>>();
        foreach (var next in All(config))
        {
            var key = (next.IsUdp, next.Address.Port, next.Address.UnixPath ?? "");
            if (!bound.TryGetValue(key, out var same))
            {
                bound[key] = same = [];
            }

            if (same.Find(before => Collide(before.Address, next.Address)) is { } first)
            {
                string covers = first.Address == next.Address ? "already listens there" : $"listens on {first.Address}, which overlaps";
                findings.Add(
                    next.Address.Position,
                    $"{next.Owner} cannot listen on {next.Address}: {first.Owner} {covers} ({Where(first.Address)}); choose "
                        + "another port");
            }
            else
            {
                same.Add(next);
            }
        }
    }

    // An address that is written nowhere comes first, so that the error stands where something can be changed.
    private static IEnumerable<Bound> All(AtlasConfig config)
    {
        Bound? admin = config.Admin.Bind is { } address ? new Bound("'admin'", address, IsUdp: false) : null;
        var written = Written(config);
        return admin is null ? written : admin.Address.Position.IsKnown ? written.Append(admin) : written.Prepend(admin);
    }

    private static IEnumerable<Bound> Written(AtlasConfig config)
    {
        foreach (var listener in config.Listeners)
        {
            foreach (var address in listener.Bind)
            {
                yield return new Bound($"listener '{listener.Name}'", address, listener.Protocol == ListenerProtocol.Udp);
            }
        }

        if (config.HighAvailability is { Peers.Count: > 0, Bind: { } peers })
        {
            yield return new Bound("'high_availability'", peers, IsUdp: true);
        }

        if (config.HighAvailability?.ActiveActive?.Bind is { } dns)
        {
            yield return new Bound("'active_active'", dns, IsUdp: true);
            yield return new Bound("'active_active'", dns, IsUdp: false);
        }
    }

    private static string Where(BindAddress address) =>
        address.Position.IsKnown ? string.Create(CultureInfo.InvariantCulture, $"line {address.Position.Line}") : "its default";

    private static bool Collide(BindAddress left, BindAddress right) =>
        left.UnixPath is not null || right.UnixPath is not null
            ? left.UnixPath == right.UnixPath
            : left.Port != 0 && left.Ip!.AddressFamily == right.Ip!.AddressFamily
                && (left.Ip.Equals(right.Ip) || BindAddress.IsAny(left.Ip) || BindAddress.IsAny(right.Ip));
}
