namespace Atlas.Engine.Streams;

/// <summary>How a connect ended: a stream, or the positive error number.</summary>
public readonly record struct ConnectResult(ByteStream? Stream, int Error);
