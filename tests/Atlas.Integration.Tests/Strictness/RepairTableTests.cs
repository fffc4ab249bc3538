using Atlas.Integration.Tests.Wire;

namespace Atlas.Integration.Tests.Strictness;

/// <summary>Every row of the accept/reject table where ambiguities are repaired: a few are, in one form that has one reading
/// only, and both connections end; all others are refused as before.</summary>
public sealed class RepairTableTests(RepairingSetting setting) : IClassFixture<RepairingSetting>
{
    private const string Evil = "GET /evil HTTP/1.1\r\nHost: a\r\n\r\n";

    // The rows that are repaired, each with the body that the server gets.
    private static readonly Dictionary<string, string> Repaired = new(StringComparer.Ordinal)
    {
        ["CL before TE"] = "hello",
        ["TE before CL"] = "hello",
        ["CL 0 and TE"] = "hello",
        ["CL, another field, TE"] = "hello",
        ["CL '5, 5'"] = "hello",
        ["two CL, equal"] = "hello",
        ["two CL, equal numbers"] = "hello",
        ["two CL, apart"] = "hello",
        ["bare LF in every line"] = "",
        ["bare LF in every line, with a length"] = "hello",
        ["bare LF in every line, chunked"] = "hello",
        ["Host twice, equal"] = "",
    };

    public static TheoryData<string> RepairedRows => [.. Repaired.Keys];

    public static TheoryData<string> OtherRows => [.. TableRows.Heads.Keys.Except(Repaired.Keys)];

    [Theory]
    [MemberData(nameof(RepairedRows))]
    public async Task Request_Repaired_ReachesTheServerInOneReadingAndEndsBothConnections(string row)
    {
        string request = TableRows.Heads[row].Request;
        foreach ((string how, string[] pieces) in TableSetting.Ways(request))
        {
            int connections = setting.Server.Connections.Count;
            int requests = setting.Server.Requests.Count;
            using WireConnection client = await setting.Atlas.ConnectAsync();

            // What follows it is never read, since the two sides may not agree where it begins.
            await setting.SendAsync(client, [.. pieces[..^1], pieces[^1] + Evil]);

            WireMessage response = (await WireMessage.ReadResponseAsync(client)).ShouldNotBeNull(how);
            response.Status.ShouldBe(200, how);
            response["connection"].ShouldBe("close", how);
            (await client.TakeToEndAsync()).ShouldBe("", how);
            setting.Server.Connections.Count.ShouldBe(connections + 1, how);
            setting.Server.Requests.Count.ShouldBe(requests + 1, how);
            setting.Server.Requests.Last().Body.ShouldBe(Repaired[row], how);
            WireConnection upstream = setting.Server.Connections.Last();
            await setting.Atlas.UntilAsync(() => upstream.IsEnded, $"the connection to the server goes on, {how}");
            OriginGrammar.Check(upstream.Received, out int complete, out bool isCut).ShouldBeEmpty(how);
            complete.ShouldBe(1, how);
            isCut.ShouldBeFalse(how);
        }
    }

    [Theory]
    [MemberData(nameof(OtherRows))]
    public async Task Request_NotRepaired_IsRefusedAsBefore(string row)
    {
        (int status, string request) = TableRows.Heads[row];
        long before = setting.Server.Bytes;

        await setting.RefuseAsync(request, status);

        setting.Server.Bytes.ShouldBe(before, "bytes of a refused request reached the server");
    }

    [Fact]
    public void Rows_Repaired_AreRowsOfTheTable() => Repaired.Keys.Except(TableRows.Heads.Keys).ShouldBeEmpty();
}
