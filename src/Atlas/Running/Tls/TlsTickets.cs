using Atlas.Core.HighAvailability;
using Atlas.Engine.Tls;

namespace Atlas.Running.Tls;

/// <summary>
/// The keys of the tickets that clients resume sessions with: one set for all listeners, changed as time passes.
/// <code>
///   cluster secret   keys                                                    a ticket is taken by
///   none             random, a new one each period                           this process
///   there            of the secret and the number of the wall clock's period all nodes that have the secret
/// </code>
/// Of a secret the keys of the period before and of the next are taken, too, so that clocks need not agree.
/// </summary>
internal sealed class TlsTickets : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(TlsTicketKeys.PeriodSeconds);

    // How late a node may notice that a period began. The others take what it makes meanwhile.
    private static readonly TimeSpan Look = TimeSpan.FromMinutes(1);

    private readonly TimeProvider _time;
    private readonly ITimer _rotation;
    private readonly Lock _gate = new();
    private byte[]? _secret;
    private long _period;
    private long _rotatedAt;

    /// <summary>Random ones, until there is a secret.</summary>
    internal TlsTickets(TimeProvider time)
    {
        _time = time;
        _rotatedAt = time.GetTimestamp();
        _rotation = time.CreateTimer(_ => Rotate(), null, Look, Look);
    }

    internal TlsTicketKeyRing Ring { get; } = new(TlsTicketKeys.Random());

    private long Now => TlsTicketKeys.PeriodOf(_time.GetUtcNow().ToUnixTimeSeconds());

    /// <summary>Goes by a secret, or by none. With the same as before nothing changes; with another, tickets of before are good no more.</summary>
    internal void Use(ClusterSecret? cluster)
    {
        lock (_gate)
        {
            byte[]? secret = cluster?.TicketSecret;
            if (secret is null ? _secret is null : _secret is not null && secret.AsSpan().SequenceEqual(_secret))
            {
                return;
            }

            _secret = secret;
            _period = Now;
            _rotatedAt = _time.GetTimestamp();
            Ring.Keys = secret is null ? TlsTicketKeys.Random() : TlsTicketKeys.Derive(secret, _period);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _rotation.Dispose();

    private void Rotate()
    {
        lock (_gate)
        {
            if (_secret is not null && Now != _period)
            {
                _period = Now;
                Ring.Keys = TlsTicketKeys.Derive(_secret, _period);
            }
            else if (_secret is null && _time.GetElapsedTime(_rotatedAt) >= Period)
            {
                _rotatedAt = _time.GetTimestamp();
                Ring.Keys = Ring.Keys.Rotate();
            }
        }
    }
}
