namespace Atlas.Integration.Tests.Http2;

/// <summary>A stream that cannot say how long it is.</summary>
internal sealed class Unsized(byte[] bytes) : MemoryStream(bytes)
{
    public override bool CanSeek => false;
}
