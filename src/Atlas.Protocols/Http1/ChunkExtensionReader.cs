using System.Runtime.InteropServices;
using Atlas.Protocols.Http;

namespace Atlas.Protocols.Http1;

/// <summary>
/// Checks the extensions of a chunk (RFC 9112 7.1.1), which are then thrown away: <c>;name</c>, <c>;name=token</c> or
/// <c>;name="text"</c>, any number of them, without whitespace, at most 256 bytes.
/// </summary>
/// <remarks>
/// <code>
/// state      takes                            then
/// Start      ";"                              NameStart
/// NameStart  token byte                       Name
/// Name       token byte; "=", ";"             Name; ValueStart, NameStart
/// ValueStart token byte; quote                Value; Quoted
/// Value      token byte; ";"                  Value; NameStart
/// Quoted     text; "\"; quote                 Quoted; Escaped; Closed
/// Escaped    text                             Quoted
/// Closed     ";"                              NameStart
/// </code>
/// </remarks>
[StructLayout(LayoutKind.Auto)]
internal struct ChunkExtensionReader
{
    private const int MaxBytes = 256;

    private State _state;
    private short _length;

    private enum State : byte
    {
        Start,
        NameStart,
        Name,
        ValueStart,
        Value,
        Quoted,
        Escaped,
        Closed,
    }

    /// <summary>Whether the line may end here.</summary>
    public readonly bool IsComplete => _state is State.Name or State.Value or State.Closed;

    /// <summary>Takes one byte, which is neither CR nor LF.</summary>
    public HttpError Step(byte value)
    {
        if (++_length > MaxBytes)
        {
            return HttpError.ChunkExtensionTooLong;
        }

        State? next = _state switch
        {
            State.Start => value == ';' ? State.NameStart : null,
            State.NameStart => IsToken(value) ? State.Name : null,
            State.Name => IsToken(value) ? State.Name : value == '=' ? State.ValueStart : AfterPart(value),
            State.ValueStart => IsToken(value) ? State.Value : value == '"' ? State.Quoted : null,
            State.Value => IsToken(value) ? State.Value : AfterPart(value),
            State.Quoted => value == '"' ? State.Closed : value == '\\' ? State.Escaped : Text(value),
            State.Escaped => Text(value),
            State.Closed => AfterPart(value),
            _ => null,
        };
        if (next is not { } state)
        {
            return HttpError.InvalidChunkExtension;
        }

        _state = state;
        return HttpError.None;
    }

    private static State? AfterPart(byte value) => value == ';' ? State.NameStart : null;

    private static State? Text(byte value) => value is >= 0x20 and not 0x7F or (byte)'\t' ? State.Quoted : null;

    private static bool IsToken(byte value) => FieldSyntax.Token.Contains(value);
}
