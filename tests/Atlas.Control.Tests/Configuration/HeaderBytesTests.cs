using Atlas.Control.Configuration;

namespace Atlas.Control.Tests.Configuration;

/// <summary>The headers of a route together: what is written into one head has a bound.</summary>
public sealed class HeaderBytesTests
{
    // Name, value, colon, space and the line's end.
    private const int Bound = 32 * 1024;
    private const int Around = 1 + 4;

    [Theory]
    [InlineData("pool: p, request_headers", "request_headers")]
    [InlineData("pool: p, response_headers", "response_headers")]
    public void Headers_SetAndAdded_AreBoundedTogether(string key, string named)
    {
        Errors($"{key}: {{ set: {Map(0, 2)}, add: {Map(2, 2)} }}").ShouldBeEmpty();
        Errors($"{key}: {{ set: {Map(0, 3)}, add: {Map(3, 2)} }}").ShouldHaveSingleItem()
            .ShouldContain($"the headers in '{named}' have more than 32 KiB together");
    }

    [Fact]
    public void Headers_OfAResponse_AreBoundedTogether()
    {
        Errors($"respond: {{ headers: {Map(0, 4)} }}").ShouldBeEmpty();
        Errors($"respond: {{ headers: {Map(0, 5)} }}").ShouldHaveSingleItem().ShouldContain("the 'headers' have more than 32 KiB together");
    }

    // The first four have the bound together to the byte.
    private static string Map(int first, int count) =>
        $"{{ {string.Join(", ", Enumerable.Range(first, count).Select(i => $"{(char)('a' + i)}: \"{new string('x', (Bound / 4) - Around)}\""))} }}";

    private static string[] Errors(string route) =>
    [
        .. ConfigLoader.Parse(
            $"listeners: {{ l: {{ bind: '127.0.0.1:80', routes: [{{ {route} }}] }} }}\npools: {{ p: {{ servers: [127.0.0.1:81] }} }}\n", "f")
            .Errors.Select(error => error.Message),
    ];
}
