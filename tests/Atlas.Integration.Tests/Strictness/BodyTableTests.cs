namespace Atlas.Integration.Tests.Strictness;

/// <summary>Every row of the accept/reject table for bodies. Their heads may be at the server already, and arrive there when the
/// client has its answer: what counts is that no such request ever comes to its end.</summary>
public sealed class BodyTableTests(TableSetting setting) : IClassFixture<TableSetting>
{
    public static TheoryData<string> Rows => [.. TableRows.Bodies.Keys];

    [Theory]
    [MemberData(nameof(Rows))]
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
