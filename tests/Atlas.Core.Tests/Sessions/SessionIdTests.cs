using System.Text;
using Atlas.Core.Sessions;
using CsCheck;

namespace Atlas.Core.Tests.Sessions;

public sealed class SessionIdTests
{
    [Fact]
    public void Write_AnyId_IsReadAgain() => Gen.Byte.Array[SessionId.Bytes].Sample(bytes =>
    {
        var id = SessionId.Of(bytes);
        byte[] text = new byte[SessionId.Length];
        byte[] again = new byte[SessionId.Bytes];

        id.Write(text);
        id.WriteBytes(again);

        SessionId.TryParse(text, out SessionId read).ShouldBeTrue();
        read.ShouldBe(id);
        again.ShouldBe(bytes);
    });

    [Theory]
    [InlineData("")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAB")]
    [InlineData("AAAAAAAAAAAAAAAAAAAA==")]
    [InlineData("AAAAAAAAAA+AAAAAAAAAAA")]
    [InlineData("AAAAAAAAAA AAAAAAAAAAA")]
    public void TryParse_NoId_IsRefused(string text) => SessionId.TryParse(Encoding.ASCII.GetBytes(text), out SessionId _).ShouldBeFalse();
}
