using System.Net;
using Atlas.Control.Discovery.Resolving;
using Atlas.Core.Configuration;
using Atlas.Protocols.Dns;

namespace Atlas.Control.HighAvailability.Peers;

/// <summary>Where a peer is. A name is looked up at first, and again while the peer does not live: it may have moved.</summary>
internal sealed class PeerTarget
{
    /// <summary>The most addresses of a name that are tried.</summary>
    internal const int MaxAddresses = 8;

    // In intervals; 5 s by default. A name that is not found now may be in a moment, and a resolver must not be asked for each heartbeat.
    private const int AgainAfter = 10;

    private readonly ServerAddress _address;
    private readonly long _againAfterUs;
    private volatile IPEndPoint[] _known = [];
    private volatile string? _problem;
    private volatile bool _isAsking;
    private long _askedUs = long.MinValue / 2;
    private int _turn;

    internal PeerTarget(PeerConfig config, long intervalUs)
    {
        _againAfterUs = intervalUs * AgainAfter;
        _address = config.Address!;
        Name = config.Name;
        if (_address.Ip is IPAddress ip)
        {
            _known = [new IPEndPoint(ip, _address.Port)];
        }
    }

    internal string Name { get; }

    internal string Address => _address.ToString();

    /// <summary>Why there is no address to send to; null: there is one.</summary>
    internal string? Problem => _problem;

    /// <summary>What went wrong with the last send; null: nothing.</summary>
    internal string? SendProblem { get; set; }

    /// <summary>The address of it that datagrams came from last which were not authentic; null: none did.</summary>
    internal IPAddress? UnsignedFrom { get; set; }

    /// <summary>Whether it is at an address.</summary>
    internal bool IsAt(IPAddress address) => Array.Exists(_known, known => known.Address.Equals(address));

    /// <summary>The address to send to; null: none is known. One at which the peer lives is kept; otherwise each is tried in turn.</summary>
    internal IPEndPoint? Next(bool isAlive)
    {
        IPEndPoint[] known = _known;
        if (known.Length == 0)
        {
            return null;
        }

        _turn = isAlive ? _turn : _turn + 1;
        return known[(int)((uint)_turn % (uint)known.Length)];
    }

    /// <summary>Looks its name up in the background, where that is due.</summary>
    internal void Resolve(INameResolver resolver, Func<IPAddress, bool> isUsable, bool isAlive, long nowUs, CancellationToken stop)
    {
        if (!_address.IsName || _isAsking || nowUs - _askedUs < _againAfterUs || (isAlive && _known.Length > 0))
        {
            return;
        }

        _isAsking = true;
        _askedUs = nowUs;
        _ = Task.Run(() => AskAsync(resolver, isUsable, stop), CancellationToken.None);
    }

    private async Task AskAsync(INameResolver resolver, Func<IPAddress, bool> isUsable, CancellationToken stop)
    {
        try
        {
            LookupResult[] results = await Task.WhenAll(
                resolver.LookupAsync(_address.Host, DnsType.A, stop), resolver.LookupAsync(_address.Host, DnsType.Aaaa, stop));
            IPEndPoint[] found = [.. results.SelectMany(result => result.Addresses).Where(isUsable).Take(MaxAddresses)
                .Select(address => new IPEndPoint(address, _address.Port))];

            // What was known holds while nobody says otherwise.
            if (found.Length > 0)
            {
                _known = found;
            }

            _problem = _known.Length > 0 ? null : $"{_address.Host} has no address that can be used: {results[0].Detail}";
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            _problem = _known.Length > 0 || stop.IsCancellationRequested ? null : $"{_address.Host}: {e.Message}";
        }
        finally
        {
            _isAsking = false;
        }
    }
}
