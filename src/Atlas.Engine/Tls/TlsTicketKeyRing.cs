namespace Atlas.Engine.Tls;

/// <summary>Where contexts find the keys of the moment. Its owner gives it new ones as time passes; handshakes under way go on with
/// those that they found. Any thread.</summary>
public sealed class TlsTicketKeyRing
{
    private volatile TlsTicketKeys _keys;

    /// <summary>Makes a ring.</summary>
    public TlsTicketKeyRing(TlsTicketKeys keys) => _keys = keys;

    /// <summary>The keys of the moment.</summary>
    public TlsTicketKeys Keys
    {
        get => _keys;
        set => _keys = value;
    }
}
