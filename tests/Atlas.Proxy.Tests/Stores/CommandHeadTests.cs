using System.Text;
using Atlas.Proxy.Stores;

namespace Atlas.Proxy.Tests.Stores;

public sealed class CommandHeadTests
{
    [Theory]
    [InlineData("*2\r\n$3\r\nGET\r\n$1\r\nk\r\n*2\r\n$4\r\nPTTL\r\n$1\r\nk\r\n", "GET", "", "k")]
    [InlineData("*5\r\n$7\r\nEVALSHA\r\n$2\r\nab\r\n$1\r\n1\r\n$1\r\nk\r\n$1\r\nv\r\n", "EVALSHA", "ab", "k")]
    [InlineData("*1\r\n$4\r\nPING\r\n*2\r\n$3\r\nGET\r\n$1\r\nk\r\n", "PING", "", "")]
    public void Head_Commands_HasNameScriptAndKey(string commands, string name, string script, string key)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(commands);

        var head = new CommandHead(bytes);

        Encoding.Latin1.GetString(head.Name).ShouldBe(name);
        Encoding.Latin1.GetString(head.Script).ShouldBe(script);
        Encoding.Latin1.GetString(head.Key).ShouldBe(key);
        for (int length = 0; length < bytes.Length; length++)
        {
            var cut = new CommandHead(bytes.AsSpan(0, length));
            (cut.Key.IsEmpty || cut.Key.SequenceEqual(head.Key)).ShouldBeTrue($"{length} bytes");
        }
    }
}
