namespace Atlas.Integration.Tests.Strictness;

/// <summary>Every row of the accept/reject table for requests, on the wire: sent whole, byte by byte, cut in two, and behind a
/// good request. The answer is the table's, the connection ends, and no server sees anything of it.</summary>
public sealed class AcceptRejectTableTests(TableSetting setting) : IClassFixture<TableSetting>
{
    public static TheoryData<string> HeadRows => [.. TableRows.Heads.Keys];

    public static TheoryData<string> BodyRows => [.. TableRows.Bodies.Keys];

    [Theory]
    [MemberData(nameof(HeadRows))]
    public async Task Request_RefusedByTheTable_IsAnsweredAndNotForwarded(string row)
    {
        (int status, string request) = TableRows.Heads[row];
        long before = setting.Server.Bytes;

        await setting.RefuseAsync(request, status);

        setting.Server.Bytes.ShouldBe(before, "bytes of a refused request reached the server");
        await setting.RefusePipelinedAsync(request, status);
    }

    [Theory]
    [MemberData(nameof(BodyRows))]
    public async Task Body_RefusedByTheTable_NeverEndsAtTheServer(string row)
    {
        (int status, string request) = TableRows.Bodies[row];
        int before = setting.Server.Requests.Count;

        await setting.RefuseAsync(request, status);

        setting.Server.Requests.Count.ShouldBe(before, "a refused body came to its end at the server");
        await setting.RefusePipelinedAsync(request, status);
        setting.Server.Failures.ShouldBeEmpty();
    }
}
