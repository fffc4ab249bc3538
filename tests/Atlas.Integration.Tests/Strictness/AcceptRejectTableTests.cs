using System.Text;
using Atlas.Integration.Tests.Wire;

namespace Atlas.Integration.Tests.Strictness;

/// <summary>Every row of the accept/reject table for requests, on the wire: sent whole, byte by byte, cut in two, and behind a
/// good request. The answer is the table's, the connection ends, and no server sees anything of it.</summary>
public sealed class AcceptRejectTableTests(AcceptRejectTableTests.Setting setting) : IClassFixture<AcceptRejectTableTests.Setting>
{
    private const string Good = "GET /good HTTP/1.1\r\nHost: a\r\n\r\n";
    private const int Cuts = 20;

    private static readonly Dictionary<string, (int Status, string Request)> Heads =
        RefusedRequests.All().ToDictionary(row => Name(row.Row), row => (row.Status, row.Request), StringComparer.Ordinal);

    private static readonly Dictionary<string, (int Status, string Request)> Bodies =
        RefusedBodies.All().ToDictionary(row => Name(row.Row), row => (row.Status, row.Request), StringComparer.Ordinal);

    public static TheoryData<string> HeadRows => [.. Heads.Keys];

    public static TheoryData<string> BodyRows => [.. Bodies.Keys];

    [Theory]
    [MemberData(nameof(HeadRows))]
    public async Task Request_RefusedByTheTable_IsAnsweredAndNotForwarded(string row)
    {
        (int status, string request) = Heads[row];
        long before = setting.Server.Bytes;

        await RefuseAsync(request, status);

        setting.Server.Bytes.ShouldBe(before, "bytes of a refused request reached the server");
        await RefusePipelinedAsync(request, status);
    }

    [Theory]
    [MemberData(nameof(BodyRows))]
    public async Task Body_RefusedByTheTable_NeverEndsAtTheServer(string row)
    {
        (int status, string request) = Bodies[row];
        int before = setting.Server.Requests.Count;

        await RefuseAsync(request, status);

        setting.Server.Requests.Count.ShouldBe(before, "a refused body came to its end at the server");
        await RefusePipelinedAsync(request, status);
        setting.Server.Failures.ShouldBeEmpty();
    }

    /// <summary>Sends it in every way; each must be refused alike.</summary>
    private async Task RefuseAsync(string request, int status)
    {
        await RefuseAsync([request], status);
        await RefuseAsync([.. request.Select(character => character.ToString())], status);

        int seed = Random.Shared.Next();
        var random = new Random(seed);
        IEnumerable<int> cuts = request.Length - 1 <= Cuts
            ? Enumerable.Range(1, request.Length - 1)
            : Enumerable.Range(0, Cuts).Select(_ => random.Next(1, request.Length));
        foreach (int cut in cuts)
        {
            await RefuseAsync([request[..cut], request[cut..]], status, $"cut at {cut}, seed {seed}");
        }
    }

    private async Task RefuseAsync(string[] pieces, int status, string how = "")
    {
        using WireConnection client = await setting.Atlas.ConnectAsync();
        foreach (string piece in pieces)
        {
            // Once it is answered the rest has nowhere to go.
            if (client.HasNews || !await client.TrySendAsync(Encoding.Latin1.GetBytes(piece)))
            {
                break;
            }

            if (pieces.Length > 1)
            {
                await setting.Atlas.TurnAsync();
            }
        }

        await ExpectRefusalAsync(client, status, how);
    }

    private async Task RefusePipelinedAsync(string request, int status)
    {
        int before = setting.Server.Requests.Count;
        using WireConnection client = await setting.Atlas.ConnectAsync();
        await client.SendAsync(Good + request);
        WireMessage? good = await WireMessage.ReadResponseAsync(client);
        good.ShouldNotBeNull().Status.ShouldBe(200);
        await ExpectRefusalAsync(client, status, "pipelined");
        setting.Server.Requests.Count.ShouldBe(before + 1);
    }

    private static async Task ExpectRefusalAsync(WireConnection client, int status, string how)
    {
        WireMessage? response = await WireMessage.ReadResponseAsync(client);
        response.ShouldNotBeNull(how).Status.ShouldBe(status, how);
        response["connection"].ShouldBe("close", how);
        (await client.TakeToEndAsync()).ShouldBe("", how);
        client.WasReset.ShouldBeFalse(how);
    }

    // Names of tests are printable.
    private static string Name(string row) => string.Concat(row.Select(c => c is < ' ' or > '~' ? $"<{(int)c:X2}>" : c.ToString()));

    /// <summary>One Atlas before one server for all rows.</summary>
    public sealed class Setting : IAsyncLifetime
    {
        internal RecordingServer Server { get; } = new();

        internal RunningAtlas Atlas { get; private set; } = null!;

        public ValueTask InitializeAsync()
        {
            Atlas = new RunningAtlas(Server);
            return ValueTask.CompletedTask;
        }

        public async ValueTask DisposeAsync()
        {
            await Atlas.DisposeAsync();
            await Server.DisposeAsync();
        }
    }
}
