using System.Text;
using Atlas.Integration.Tests.Wire;

namespace Atlas.Integration.Tests.Strictness;

/// <summary>One Atlas before one server for all rows of a table, and the ways in which rows are sent.</summary>
public class TableSetting : IAsyncLifetime
{
    private const string Good = "GET /good HTTP/1.1\r\nHost: a\r\n\r\n";
    private const int Cuts = 20;

    private readonly AtlasOptions _options;

    public TableSetting()
        : this(new AtlasOptions())
    {
    }

    private protected TableSetting(AtlasOptions options) => _options = options;

    internal RecordingServer Server { get; } = new();

    internal RunningAtlas Atlas { get; private set; } = null!;

    public ValueTask InitializeAsync()
    {
        Atlas = new RunningAtlas(_options, Server);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await Atlas.DisposeAsync();
        await Server.DisposeAsync();
    }

    /// <summary>Sends it in every way; each must be refused alike.</summary>
    internal async Task RefuseAsync(string request, int status)
    {
        foreach ((string how, string[] pieces) in Ways(request))
        {
            await RefuseAsync(pieces, status, how);
        }
    }

    /// <summary>Whole, byte by byte, and cut in two.</summary>
    internal static IEnumerable<(string How, string[] Pieces)> Ways(string request)
    {
        yield return ("whole", [request]);
        yield return ("byte by byte", [.. request.Select(character => character.ToString())]);

        int seed = Random.Shared.Next();
        var random = new Random(seed);
        IEnumerable<int> cuts = request.Length - 1 <= Cuts
            ? Enumerable.Range(1, request.Length - 1)
            : Enumerable.Range(0, Cuts).Select(_ => random.Next(1, request.Length));
        foreach (int cut in cuts)
        {
            yield return ($"cut at {cut}, seed {seed}", [request[..cut], request[cut..]]);
        }
    }

    /// <summary>Sends pieces, each handled before the next. Once it is answered the rest has nowhere to go.</summary>
    internal async Task SendAsync(WireConnection client, string[] pieces)
    {
        foreach (string piece in pieces)
        {
            if (client.HasNews || !await client.TrySendAsync(Encoding.Latin1.GetBytes(piece)))
            {
                break;
            }

            if (pieces.Length > 1)
            {
                await Atlas.TurnAsync();
            }
        }
    }

    /// <summary>Sends it behind a good request; that one only is answered as it should.</summary>
    internal async Task RefusePipelinedAsync(string request, int status)
    {
        int before = Server.Requests.Count;
        using WireConnection client = await Atlas.ConnectAsync();
        await client.SendAsync(Good + request);
        WireMessage? good = await WireMessage.ReadResponseAsync(client);
        good.ShouldNotBeNull().Status.ShouldBe(200);
        await ExpectRefusalAsync(client, status, "pipelined");
        Server.Requests.Count.ShouldBe(before + 1);
    }

    private async Task RefuseAsync(string[] pieces, int status, string how)
    {
        using WireConnection client = await Atlas.ConnectAsync();
        await SendAsync(client, pieces);
        await ExpectRefusalAsync(client, status, how);
    }

    private static async Task ExpectRefusalAsync(WireConnection client, int status, string how)
    {
        WireMessage? response = await WireMessage.ReadResponseAsync(client);
        response.ShouldNotBeNull(how).Status.ShouldBe(status, how);
        response["connection"].ShouldBe("close", how);
        (await client.TakeToEndAsync()).ShouldBe("", how);
        client.WasReset.ShouldBeFalse(how);
    }
}
