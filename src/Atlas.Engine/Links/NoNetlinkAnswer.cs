namespace Atlas.Engine.Links;

/// <summary>Takes nothing of an answer: the error number says all.</summary>
internal readonly struct NoNetlinkAnswer : INetlinkAnswer
{
    public void Take(int type, ReadOnlySpan<byte> body)
    {
    }
}
