using System.Buffers;

namespace Atlas.Protocols.Http;

/// <summary>The alphabets of HTTP and the checks that heads of every version share.</summary>
public static class FieldSyntax
{
    /// <summary>The bytes of a token except <c>_</c> (RFC 9110 5.6.2), which is set apart because it is worth a look.</summary>
    internal static readonly SearchValues<byte> TokenExceptUnderscore = SearchValues.Create(
        "!#$%&'*+-.^`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>The bytes of a token (RFC 9110 5.6.2).</summary>
    internal static readonly SearchValues<byte> Token = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>The control characters that no field value holds: all but HTAB (RFC 9110 5.5).</summary>
    internal static readonly SearchValues<byte> Controls = SearchValues.Create(
    [
        0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 127,
    ]);

    /// <summary>Whether this is a token: one or more of its bytes, no other. A field name and a method are tokens.</summary>
    public static bool IsToken(ReadOnlySpan<byte> text) => !text.IsEmpty && !text.ContainsAnyExcept(Token);

    /// <summary>
    /// Whether this may stand as a field value: no control characters other than HTAB, no whitespace around it. Bytes above
    /// 127 may (obs-text). An empty value is fine.
    /// </summary>
    public static bool IsFieldValue(ReadOnlySpan<byte> text) =>
        !text.ContainsAny(Controls) && (text.IsEmpty || !(IsWhitespace(text[0]) || IsWhitespace(text[^1])));

    /// <summary>Whether it is SP or HTAB, the optional whitespace of RFC 9110 5.6.3.</summary>
    internal static bool IsWhitespace(byte value) => value is (byte)' ' or (byte)'\t';
}
