namespace Atlas.Core.Configuration;

/// <summary>An ambiguity of a request that can be repaired without doubt about where the request ends.</summary>
public enum RepairKind
{
    /// <summary>Both Content-Length and Transfer-Encoding: the length is dropped.</summary>
    LengthAndChunked,

    /// <summary>Several Content-Length with the same number: they become one.</summary>
    EqualLengths,

    /// <summary>A head whose lines all end with LF alone.</summary>
    BareLf,

    /// <summary>Several Host that are the same: they become one.</summary>
    EqualHosts,
}
