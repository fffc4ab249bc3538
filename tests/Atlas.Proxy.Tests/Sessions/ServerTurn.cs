using System.Text;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Simulation;

namespace Atlas.Proxy.Tests.Sessions;

/// <summary>One request at a server, and the means to answer it.</summary>
/// <param name="Stream">The connection.</param>
/// <param name="Reader">What still comes from the proxy.</param>
/// <param name="Request">The request.</param>
/// <param name="Connection">The number of the connection, from 1.</param>
/// <param name="Number">The number of the request on this connection, from 0.</param>
public sealed record ServerTurn(ByteStream Stream, WireReader Reader, WireMessage Request, int Connection, int Number)
{
    public SimulatedLoop Loop => (SimulatedLoop)Stream.Loop;

    /// <summary>Sends text; the connection is gone when that fails.</summary>
    public async Flow SendAsync(string text)
    {
        if (!await Stream.SendAllAsync(Encoding.Latin1.GetBytes(text)))
        {
            Stream.Close();
        }
    }
}
