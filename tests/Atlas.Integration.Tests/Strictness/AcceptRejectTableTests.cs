namespace Atlas.Integration.Tests.Strictness;

/// <summary>Every row of the accept/reject table for heads, on the wire: sent whole, byte by byte, cut in two, and behind a
/// good request. The answer is the table's, the connection ends, and no server sees anything of it. The server is theirs alone:
/// heads of <see cref="BodyTableTests"/> do reach one, and maybe late.</summary>
public sealed class AcceptRejectTableTests(TableSetting setting) : IClassFixture<TableSetting>
{
    public static TheoryData<string> HeadRows => [.. TableRows.Heads.Keys];

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
}
