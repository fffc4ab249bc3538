using System.Net;
using System.Net.Sockets;
using Atlas.Protocols.Dns;

namespace Atlas.Control.Discovery.Resolving;

/// <summary>Looks names up in the hosts file, then asks resolvers, one after the other, over UDP and where an answer does not
/// fit over TCP. It remembers nothing. Any thread.</summary>
public sealed class DnsResolver : INameResolver
{
    /// <summary>The longest that a lookup takes, in ms, however many resolvers and search domains there are.</summary>
    public const int MaxLookupMs = 30_000;

    private readonly ResolverOptions _options;
    private readonly ReadFile<ResolverSettings> _settings;
    private readonly ReadFile<HostsFile> _hosts;

    /// <summary>Makes a resolver. Files are read when the first name is looked up, and again when they have changed.</summary>
    public DnsResolver(ResolverOptions options)
    {
        _options = options;
        _settings = new ReadFile<ResolverSettings>(options.ResolvConfPath, ResolverSettings.Parse, options.Time);
        _hosts = new ReadFile<HostsFile>(options.HostsPath, HostsFile.Parse, options.Time);
    }

    /// <inheritdoc/>
    public async Task<LookupResult> LookupAsync(string name, DnsType type, CancellationToken cancellation)
    {
        if (type != DnsType.Srv && FindHost(name, type) is LookupResult known)
        {
            return known;
        }

        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(MaxLookupMs), _options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            // Resolvers of the configuration are asked for names as they stand.
            ResolverSettings settings = _options.Servers() is { Count: > 0 } servers
                ? new ResolverSettings { Servers = servers }
                : _settings.Value;
            return await SearchAsync(name, type, settings, either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new LookupResult(LookupOutcome.Timeout, $"no answer within {MaxLookupMs / 1_000} s");
        }
    }

    /// <summary>Looks up a name by the resolvers alone, with the search domains.</summary>
    internal static async Task<LookupResult> SearchAsync(
        string name, DnsType type, ResolverSettings settings, CancellationToken cancellation)
    {
        LookupResult? result = null;
        foreach (string candidate in settings.CandidatesOf(name))
        {
            // Only that a name is not there leads to the next: a resolver that fails must not make it another name.
            result = await FollowAsync(candidate, type, settings, cancellation);
            if (result.Outcome != LookupOutcome.NoSuchName)
            {
                break;
            }
        }

        return result!;
    }

    private LookupResult? FindHost(string name, DnsType type)
    {
        AddressFamily family = type == DnsType.A ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
        return _hosts.Value.Find(name, family) switch
        {
            null => null,
            { Count: 0 } => new LookupResult(LookupOutcome.NoRecords, $"{_options.HostsPath}: no such address"),
            var addresses => new LookupResult(LookupOutcome.Answered, _options.HostsPath) { Addresses = addresses },
        };
    }

    private static async Task<LookupResult> FollowAsync(
        string name, DnsType type, ResolverSettings settings, CancellationToken cancellation)
    {
        if (!DnsName.TryParse(name, out DnsName asked))
        {
            return new LookupResult(LookupOutcome.NoSuchName, $"{name} is no name");
        }

        long ttlMs = long.MaxValue;
        for (int i = 0; i <= DnsReply.MaxAliases; i++)
        {
            (LookupResult result, DnsName? alias) = await AskAsync(new DnsQuestion(asked, type), settings, cancellation);
            ttlMs = Math.Min(ttlMs, result.TtlMs);
            if (alias is null)
            {
                return result with { TtlMs = ttlMs };
            }

            asked = alias;
        }

        return new LookupResult(LookupOutcome.Malformed, $"more than {DnsReply.MaxAliases} aliases in a row");
    }

    private static async Task<(LookupResult Result, DnsName? Alias)> AskAsync(
        DnsQuestion question, ResolverSettings settings, CancellationToken cancellation)
    {
        LookupResult? failure = null;
        for (int attempt = 0; attempt < settings.Attempts; attempt++)
        {
            foreach (IPEndPoint server in settings.Servers)
            {
                (LookupResult result, DnsName? alias) = await AskAsync(server, question, settings.TimeoutMs, cancellation);
                if (!result.IsFailure)
                {
                    return (result, alias);
                }

                failure = result;
            }
        }

        return (failure!, null);
    }

    private static async Task<(LookupResult Result, DnsName? Alias)> AskAsync(
        IPEndPoint server, DnsQuestion question, int timeoutMs, CancellationToken cancellation)
    {
        // Sockets go by the clock of the machine.
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timeout.CancelAfter(timeoutMs);
        try
        {
            byte[] message = await DnsExchange.AskAsync(server, question, timeout.Token);
            return (DnsReply.Read(message, question, server.ToString(), out DnsName? alias), alias);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return (new LookupResult(LookupOutcome.Timeout, $"{server}: no answer within {timeoutMs} ms"), null);
        }
        catch (SocketException e)
        {
            string what = e.SocketErrorCode == SocketError.ConnectionRefused ? "nobody listens there" : e.Message;
            return (new LookupResult(LookupOutcome.Unreachable, $"{server}: {what}"), null);
        }
        catch (IOException e)
        {
            return (new LookupResult(LookupOutcome.Unreachable, $"{server}: {e.Message}"), null);
        }
        catch (InvalidDataException e)
        {
            return (new LookupResult(LookupOutcome.Malformed, $"{server}: {e.Message}"), null);
        }
    }
}
