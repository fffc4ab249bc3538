using System.Text;
using Atlas.Protocols.Http;

namespace Atlas.Protocols.Http1;

/// <summary>
/// The options of Connection (RFC 9110 7.6.1): what they say of the connection, and which fields they name as meant for this
/// hop only.
/// </summary>
public static class ConnectionOptions
{
    /// <summary>
    /// The most options in all Connection fields of a head. Each is compared with each field, so their number is work that a
    /// peer can cause.
    /// </summary>
    public const int Max = 64;

    /// <summary>
    /// Marks the fields that Connection names as <see cref="FieldFlags.Nominated"/>. Protected fields are never marked: a
    /// client could otherwise take away what the proxy or a server relies on. The parsers have done this when they are done.
    /// </summary>
    /// <param name="buffer">The buffer in which the fields lie.</param>
    /// <param name="headers">The fields of one head.</param>
    public static void MarkNominated(ReadOnlySpan<byte> buffer, HeaderTable headers)
    {
        int index = -1;
        while ((index = headers.IndexOf(KnownHeader.Connection, index + 1)) >= 0)
        {
            foreach (ReadOnlySpan<byte> option in new TokenList(headers[index].Value.Of(buffer)))
            {
                if (!IsProtected(option))
                {
                    Mark(buffer, headers, option);
                }
            }
        }
    }

    /// <summary>Whether a Connection option that names this field has no effect.</summary>
    /// <param name="name">A field name in any case.</param>
    public static bool IsProtected(ReadOnlySpan<byte> name)
    {
        switch (HeaderNames.Recognize(name))
        {
            case KnownHeader.Host:
            case KnownHeader.ContentLength:
            case KnownHeader.TransferEncoding:
            case KnownHeader.Cookie:
            case KnownHeader.SetCookie:
            case KnownHeader.Authorization:
            case KnownHeader.Forwarded:
            case KnownHeader.XRealIp:
            case KnownHeader.Via:
            case KnownHeader.Date:
                return true;
            default:
                return StartsWith(name, "x-forwarded-"u8) || StartsWith(name, "atlas-"u8);
        }
    }

    /// <summary>Reads the options of one Connection field.</summary>
    /// <param name="value">The field value.</param>
    /// <param name="count">The number of options so far; grows, at most to one past <see cref="Max"/>.</param>
    internal static ConnectionFlags Read(ReadOnlySpan<byte> value, ref byte count)
    {
        ConnectionFlags flags = ConnectionFlags.None;
        foreach (ReadOnlySpan<byte> option in new TokenList(value))
        {
            if (++count > Max)
            {
                break;
            }

            flags |= FlagOf(option);
        }

        return flags;
    }

    private static ConnectionFlags FlagOf(ReadOnlySpan<byte> option) => option.Length switch
    {
        2 when Ascii.EqualsIgnoreCase(option, "te"u8) => ConnectionFlags.None,
        5 when Ascii.EqualsIgnoreCase(option, "close"u8) => ConnectionFlags.Close,
        7 when Ascii.EqualsIgnoreCase(option, "upgrade"u8) => ConnectionFlags.Upgrade,
        10 when Ascii.EqualsIgnoreCase(option, "keep-alive"u8) => ConnectionFlags.KeepAlive,
        _ => ConnectionFlags.Names,
    };

    private static void Mark(ReadOnlySpan<byte> buffer, HeaderTable headers, ReadOnlySpan<byte> option)
    {
        for (int i = 0; i < headers.Count; i++)
        {
            if (Ascii.EqualsIgnoreCase(headers[i].Name.Of(buffer), option))
            {
                headers.Flag(i, FieldFlags.Nominated);
            }
        }
    }

    private static bool StartsWith(ReadOnlySpan<byte> name, ReadOnlySpan<byte> lower) =>
        name.Length >= lower.Length && Ascii.EqualsIgnoreCase(name[..lower.Length], lower);
}
