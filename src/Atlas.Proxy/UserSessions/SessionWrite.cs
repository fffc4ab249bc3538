using System.Buffers.Text;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;

namespace Atlas.Proxy.UserSessions;

/// <summary>What a response says of the session.</summary>
/// <param name="Contents">Where its contents stand in base64url; <see cref="HasContents"/> says whether they do.</param>
/// <param name="HasContents">Whether it brings contents; empty ones end the session.</param>
/// <param name="Rotates">Whether the session gets another id.</param>
/// <param name="Expected">The version that must still be in the store; null: any.</param>
/// <param name="Problem">What is wrong with it; empty: nothing.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SessionWrite(Slice Contents, bool HasContents, bool Rotates, ulong? Expected, string Problem = "")
{
    /// <summary>Digits of a version.</summary>
    internal const int VersionDigits = 16;

    /// <summary>What is said of contents in another form.</summary>
    internal const string NotBase64Url = "the server sent a session that is not base64url";

    /// <summary>Reads it. O(fields).</summary>
    /// <param name="fields">The names.</param>
    /// <param name="buffer">What the response's slices lie in.</param>
    /// <param name="response">The response.</param>
    /// <param name="maxBytes">The most bytes of contents.</param>
    internal static SessionWrite Read(SessionFields fields, ReadOnlySpan<byte> buffer, ResponseHead response, int maxBytes)
    {
        var write = new SessionWrite(default, HasContents: false, Rotates: false, Expected: null);
        foreach (ref readonly HeaderField field in response.Headers.Fields)
        {
            if (!fields.Has(field, buffer))
            {
                continue;
            }

            ReadOnlySpan<byte> name = field.Name.Of(buffer);
            ReadOnlySpan<byte> value = field.Value.Of(buffer);
            if (name.Length == fields.Contents.Length)
            {
                if (write.HasContents)
                {
                    return Wrong("the server sent the session twice");
                }

                write = write with { Contents = field.Value, HasContents = true };
            }
            else if (Ascii.EqualsIgnoreCase(name, fields.Rotate))
            {
                write = write with { Rotates = !value.SequenceEqual("0"u8) };
            }
            else if (Ascii.EqualsIgnoreCase(name, fields.Version))
            {
                if (!TryReadVersion(value, out ulong version))
                {
                    return Wrong("the server sent a session version that Atlas has not given");
                }

                write = write with { Expected = version };
            }
        }

        return !write.HasContents ? write
            : !IsBase64Url(write.Contents.Of(buffer), out int length) ? Wrong(NotBase64Url)
            : length > maxBytes ? Wrong("the server sent a session over the session's max_size")
            : write;
    }

    private static SessionWrite Wrong(string problem) => new(default, HasContents: false, Rotates: false, Expected: null, problem);

    // As it was given to the server: all digits, or 0 for what was not there.
    private static bool TryReadVersion(ReadOnlySpan<byte> text, out ulong version) =>
        ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out version)
        && (text.Length == VersionDigits || text.SequenceEqual("0"u8));

    private static bool IsBase64Url(ReadOnlySpan<byte> text, out int length)
    {
        length = 0;
        return text.IsEmpty || Base64Url.IsValid(text, out length);
    }
}
