namespace Atlas.Integration.Tests.Strictness;

/// <summary>As <see cref="BodyTableTests"/>, where ambiguities are repaired: those of bodies are none of them.</summary>
public sealed class RepairingBodyTableTests(RepairingSetting setting) : IClassFixture<RepairingSetting>
{
    public static TheoryData<string> Rows => [.. TableRows.Bodies.Keys];

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Body_RefusedByTheTable_IsNeverRepaired(string row)
    {
        (int status, string request) = TableRows.Bodies[row];
        int before = setting.Server.Requests.Count;

        await setting.RefuseAsync(request, status);
        await setting.RefuseAsync(request.Replace("Host: a\r\n", "Host: a\r\nContent-Length: 5\r\n", StringComparison.Ordinal), status);

        setting.Server.Requests.Count.ShouldBe(before, "a refused body came to its end at the server");
    }
}
