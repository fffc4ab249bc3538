namespace Atlas.Engine.Links;

/// <summary>Takes what the kernel answers.</summary>
internal interface INetlinkAnswer
{
    /// <summary>Takes a message.</summary>
    /// <param name="type">RTM_.</param>
    /// <param name="body">Lent for the call.</param>
    void Take(int type, ReadOnlySpan<byte> body);
}
