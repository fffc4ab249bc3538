using Atlas.Core.Sessions;
using CsCheck;

namespace Atlas.Core.Tests.Sessions;

public sealed class SessionStampTests
{
    [Fact]
    public void Write_AnyStamp_IsReadAgain() => Gen.Select(Gen.ULong, Gen.Long).Sample((version, created) =>
    {
        var stamp = new SessionStamp(version, created);
        byte[] stored = new byte[SessionStamp.Length + 3];

        stamp.Write(stored);

        SessionStamp.TryRead(stored, out SessionStamp read).ShouldBeTrue();
        read.ShouldBe(stamp);
        stored.AsSpan(SessionStamp.Length).ToArray().ShouldBe([0, 0, 0]);
    });

    [Fact]
    public void TryRead_AnythingElse_IsNoSession()
    {
        byte[] stored = new byte[SessionStamp.Length];
        new SessionStamp(1, 2).Write(stored);

        SessionStamp.TryRead(stored.AsSpan(1), out SessionStamp _).ShouldBeFalse();
        stored[0] = 2;
        SessionStamp.TryRead(stored, out SessionStamp _).ShouldBeFalse();
    }
}
