using System.Globalization;
using System.Net;
using Atlas.Core.Configuration;

namespace Atlas.Control.Discovery.Resolving;

/// <summary>Whom to ask, and how (resolv.conf(5)).</summary>
public sealed record ResolverSettings
{
    /// <summary>The most resolvers; further ones are left out.</summary>
    public const int MaxServers = 8;

    /// <summary>The most search domains; further ones are left out.</summary>
    public const int MaxSearch = 8;

    private const int Port = 53;
    private const int MaxTimeoutSeconds = 30;
    private const int MaxAttempts = 5;
    private const int MaxNdots = 15;

    /// <summary>The resolvers, in the order in which they are asked.</summary>
    public IReadOnlyList<IPEndPoint> Servers { get; init; } = [new IPEndPoint(IPAddress.Loopback, Port)];

    /// <summary>Domains that are put behind names, in order.</summary>
    public IReadOnlyList<string> Search { get; init; } = [];

    /// <summary>Dots from which on a name is tried as it stands before search domains are. Default 1.</summary>
    public int Ndots { get; init; } = 1;

    /// <summary>How long one resolver may take for one try. Default 2 s: shorter than the C library's 5 s, since servers
    /// wait for it.</summary>
    public int TimeoutMs { get; init; } = 2_000;

    /// <summary>How often all resolvers are tried. Default 2.</summary>
    public int Attempts { get; init; } = 2;

    /// <summary>Reads a resolv.conf. Lines that say nothing known are skipped, as the C library does.</summary>
    public static ResolverSettings Parse(string text)
    {
        var settings = new ResolverSettings();
        var servers = new List<IPEndPoint>();
        foreach (string line in text.Split('\n'))
        {
            string[] words = line.Split([' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
            switch (words)
            {
                case ["nameserver", string server, ..] when IPAddress.TryParse(server, out IPAddress? address):
                    servers.Add(new IPEndPoint(address, Port));
                    break;
                case ["domain", string domain, ..]:
                    settings = settings with { Search = Domains([domain]) };
                    break;
                case ["search", .. string[] domains]:
                    settings = settings with { Search = Domains(domains) };
                    break;
                case ["options", .. string[] options]:
                    settings = options.Aggregate(settings, With);
                    break;
                default:
                    break;
            }
        }

        return servers.Count == 0 ? settings : settings with { Servers = [.. servers.Take(MaxServers)] };
    }

    /// <summary>The names to ask for, in order. One with a dot at its end stands as it is.</summary>
    public IEnumerable<string> CandidatesOf(string name)
    {
        if (name.EndsWith('.'))
        {
            return [name];
        }

        bool isFirst = name.Count(c => c == '.') >= Ndots;
        IEnumerable<string> longer = Search.Select(domain => $"{name}.{domain}").Where(full => full.Length <= HostName.MaxLength);
        return isFirst ? longer.Prepend(name) : longer.Append(name);
    }

    private static string[] Domains(string[] domains) =>
        [.. domains.Select(domain => domain.TrimEnd('.').ToLowerInvariant()).Where(domain => HostName.IsValid(domain)).Take(MaxSearch)];

    private static ResolverSettings With(ResolverSettings settings, string option) => option.Split(':') switch
    {
        ["ndots", string text] when Number(text) is int ndots => settings with { Ndots = Math.Min(ndots, MaxNdots) },
        ["timeout", string text] when Number(text) is int seconds =>
            settings with { TimeoutMs = Math.Clamp(seconds, 1, MaxTimeoutSeconds) * 1_000 },
        ["attempts", string text] when Number(text) is int attempts =>
            settings with { Attempts = Math.Clamp(attempts, 1, MaxAttempts) },
        _ => settings,
    };

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
}
