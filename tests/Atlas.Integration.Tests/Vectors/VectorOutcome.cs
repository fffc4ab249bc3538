using Atlas.Integration.Tests.Strictness;
using Atlas.Integration.Tests.Wire;

namespace Atlas.Integration.Tests.Vectors;

/// <summary>What Atlas did with a vector: the statuses that the client got, and what the server saw.</summary>
internal sealed record VectorOutcome(IReadOnlyList<int> Statuses, int Complete, int Begun, IReadOnlyList<string> Breaches)
{
    // An incomplete request ends after these, so that every vector ends.
    private static readonly AtlasOptions Options = new() { Workers = 1, HeadersMs = 400, BodyIdleMs = 400, IdleMs = 200 };

    /// <summary>Whether a whole request went through.</summary>
    public bool IsForwarded => Complete > 0;

    /// <summary>Whether more bytes were awaited.</summary>
    public bool IsWait => !IsForwarded && Statuses is [] or [408];

    public static async Task<VectorOutcome> OfAsync(WireVector vector)
    {
        await using var server = new RecordingServer();
        await using var atlas = new RunningAtlas(Options, server);
        using WireConnection client = await atlas.ConnectAsync();
        await client.TrySendAsync(vector.Bytes);
        while (await client.FillAsync())
        {
        }

        client.Dispose();
        await atlas.UntilAsync(() => atlas.Connections == 0, "the connection did not end");
        var statuses = new List<int>();
        string[] methods = [.. server.Requests.Select(request => request.StartLine.Split(' ')[0])];
        while (client.Waiting > 0)
        {
            string method = statuses.Count < methods.Length ? methods[statuses.Count] : "GET";
            statuses.Add((await WireMessage.ReadResponseAsync(client, method)).ShouldNotBeNull().Status);
        }

        int complete = 0;
        int begun = 0;
        var breaches = new List<string>(server.Failures.Select(failure => failure.Message));
        foreach (byte[] received in server.Connections.Select(connection => connection.Received))
        {
            breaches.AddRange(OriginGrammar.Check(received, out int requests, out bool isCut));
            complete += requests;
            begun += requests + (isCut ? 1 : 0);
        }

        if (begun > statuses.Count)
        {
            breaches.Add($"the server saw {begun} requests, the client {statuses.Count} answers");
        }

        return new VectorOutcome(statuses, complete, begun, breaches);
    }
}
