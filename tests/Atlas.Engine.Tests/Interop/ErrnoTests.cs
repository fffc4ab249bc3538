using Atlas.Engine.Interop;

namespace Atlas.Engine.Tests.Interop;

public sealed class ErrnoTests
{
    private const int EBADF = 9;
    private const int ENOTSOCK = 88;

    [Fact]
    public void Of_AFailedCall_IsTheNegativeErrorNumber()
    {
        for (int i = 0; i < 1000; i++)
        {
            Errno.Of(Libc.close(-1)).ShouldBe(-EBADF);
            Errno.Of(Libc.listen(0, 1)).ShouldBeOneOf(-ENOTSOCK, -EBADF);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(int.MaxValue)]
    public void Of_ASuccess_IsTheResult(int result) => Errno.Of(result).ShouldBe(result);

    [Theory]
    [InlineData(Errno.ECONNREFUSED)]
    [InlineData(-Errno.ECONNREFUSED)]
    public void Text_EitherSign_SaysWhatItIs(int error) => Errno.Text(error).ShouldBe("Connection refused");
}
