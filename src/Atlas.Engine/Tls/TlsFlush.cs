using Atlas.Engine.Flows;

namespace Atlas.Engine.Tls;

/// <summary>Sends at the end of the turn what nothing came to leave with.</summary>
internal sealed class TlsFlush(TlsStream stream) : Continuation
{
    public override void Run() => stream.FlushJoined();
}
