namespace Atlas.Engine.Datagrams;

/// <summary>What became of datagrams that were to be sent.</summary>
public readonly record struct SendTally
{
    /// <summary>Datagrams that the kernel took.</summary>
    public int Datagrams { get; init; }

    /// <summary>Their bytes.</summary>
    public long Bytes { get; init; }

    /// <summary>Datagrams that were lost since the socket's buffer was full.</summary>
    public int Full { get; init; }

    /// <summary>Datagrams that were lost since they are longer than the path takes.</summary>
    public int TooLong { get; init; }

    /// <summary>Datagrams that were lost for another reason: <see cref="Error"/>.</summary>
    public int Failed { get; init; }

    /// <summary>The last other error, a positive number; 0: none.</summary>
    public int Error { get; init; }

    /// <summary>Datagrams that were lost.</summary>
    public int Lost => Full + TooLong + Failed;

    /// <summary>Both together.</summary>
    public static SendTally operator +(SendTally left, SendTally right) => new()
    {
        Datagrams = left.Datagrams + right.Datagrams,
        Bytes = left.Bytes + right.Bytes,
        Full = left.Full + right.Full,
        TooLong = left.TooLong + right.TooLong,
        Failed = left.Failed + right.Failed,
        Error = right.Error != 0 ? right.Error : left.Error,
    };
}
