using Atlas.Engine.Streams;

namespace Atlas.Engine.Handover;

/// <summary>A descriptor on its way from one process to another. Closed with this object unless somebody took it. One thread at a
/// time.</summary>
/// <param name="descriptor">It, which belongs to this object from here on.</param>
public sealed class HandedDescriptor(int descriptor) : IDisposable
{
    /// <summary>Its number in this process; negative: it was taken, or closed.</summary>
    public int Number { get; private set; } = descriptor;

    /// <summary>Gives it to the caller.</summary>
    public int Take()
    {
        int number = Number;
        Number = -1;
        return number;
    }

    /// <summary>Closes it. Idempotent.</summary>
    public void Dispose()
    {
        if (Number >= 0)
        {
            Socket.Close(Take());
        }
    }
}
