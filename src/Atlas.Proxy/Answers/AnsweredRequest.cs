namespace Atlas.Proxy.Answers;

/// <summary>What an answer may repeat of its request. All bytes are lent; the parser has let only those of a URI in.</summary>
internal readonly ref struct AnsweredRequest
{
    /// <summary><c>http</c> or <c>https</c>, as the client sees it.</summary>
    internal ReadOnlySpan<byte> Scheme { get; init; }

    /// <summary>The host without its port; empty if the request names none.</summary>
    internal ReadOnlySpan<byte> Host { get; init; }

    /// <summary>The host with its port where it has one.</summary>
    internal ReadOnlySpan<byte> Authority { get; init; }

    /// <summary>The path as it came; perhaps empty or <c>*</c>.</summary>
    internal ReadOnlySpan<byte> Path { get; init; }

    /// <summary>What the matched prefix left over of the path as it came, without a slash before it.</summary>
    internal ReadOnlySpan<byte> Rest { get; init; }

    /// <summary>Whether there is a query.</summary>
    internal bool HasQuery { get; init; }

    /// <summary>The query without its question mark.</summary>
    internal ReadOnlySpan<byte> Query { get; init; }
}
