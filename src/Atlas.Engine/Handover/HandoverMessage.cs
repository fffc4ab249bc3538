namespace Atlas.Engine.Handover;

/// <summary>A message of the other process. The descriptors are open in this one and belong to whoever received it.</summary>
/// <param name="Bytes">What it says.</param>
/// <param name="Descriptors">What it brings.</param>
public sealed record HandoverMessage(byte[] Bytes, IReadOnlyList<int> Descriptors)
{
    /// <summary>Closes the descriptors, where nobody wants them.</summary>
    public void CloseDescriptors()
    {
        foreach (int descriptor in Descriptors)
        {
            Streams.Socket.Close(descriptor);
        }
    }
}
