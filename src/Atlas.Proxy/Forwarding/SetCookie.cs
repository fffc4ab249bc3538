using System.Globalization;
using System.Text;
using Atlas.Core.Configuration;
using Atlas.Protocols.Http1;

namespace Atlas.Proxy.Forwarding;

/// <summary>A cookie that Atlas sets (RFC 6265 4.1), with everything but its value. Immutable.</summary>
internal sealed class SetCookie
{
    // With all digits of a long.
    private const int MaxLastingLength = 32;

    private readonly byte[] _name;
    private readonly byte[] _attributes;
    private readonly CookieSecure _secure;

    // How long browsers keep it, as an attribute; empty: until they close.
    private readonly byte[] _lasting;

    /// <summary>A cookie as configured.</summary>
    internal SetCookie(CookieConfig config)
    {
        _name = Encoding.ASCII.GetBytes(config.Name);
        _attributes = Encoding.ASCII.GetBytes((config.HttpOnly ? "; HttpOnly" : "") + "; SameSite=" + config.SameSite switch
        {
            CookieSameSite.Lax => "Lax",
            CookieSameSite.Strict => "Strict",
            CookieSameSite.None => "None",
            _ => throw new ArgumentOutOfRangeException(nameof(config)),
        });
        _secure = config.Secure;
        _lasting = config.TtlSeconds > 0 ? Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"; Max-Age={config.TtlSeconds}")) : [];
    }

    internal ReadOnlySpan<byte> Name => _name;

    private static ReadOnlySpan<byte> MaxAge => "; Max-Age="u8;

    /// <summary>Writes the field that sets it.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="value">Its value.</param>
    /// <param name="overTls">Whether the client's request came over TLS.</param>
    internal void Write(ref HeadWriter writer, scoped ReadOnlySpan<byte> value, bool overTls) => Write(ref writer, value, _lasting, overTls);

    /// <summary>The same, kept by browsers for a time of its own.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="value">Its value.</param>
    /// <param name="seconds">How long they keep it, at least 1.</param>
    /// <param name="overTls">Whether the client's request came over TLS.</param>
    internal void WriteLasting(ref HeadWriter writer, scoped ReadOnlySpan<byte> value, long seconds, bool overTls)
    {
        Span<byte> lasting = stackalloc byte[MaxLastingLength];
        MaxAge.CopyTo(lasting);
        seconds.TryFormat(lasting[MaxAge.Length..], out int digits, provider: CultureInfo.InvariantCulture);
        Write(ref writer, value, lasting[..(MaxAge.Length + digits)], overTls);
    }

    /// <summary>Writes the field that has clients forget it.</summary>
    internal void WriteEnd(ref HeadWriter writer, bool overTls) => Write(ref writer, default, "; Max-Age=0"u8, overTls);

    private void Write(ref HeadWriter writer, scoped ReadOnlySpan<byte> value, scoped ReadOnlySpan<byte> lasting, bool overTls)
    {
        writer.BeginField("set-cookie"u8);
        writer.Append(_name);
        writer.Append("="u8);
        writer.Append(value);
        writer.Append("; Path=/"u8);
        writer.Append(lasting);
        writer.Append(_attributes);
        bool secure = _secure switch
        {
            CookieSecure.Auto => overTls,
            CookieSecure.Always => true,
            CookieSecure.Never => false,
            _ => throw new InvalidOperationException("unknown secure"),
        };
        if (secure)
        {
            writer.Append("; Secure"u8);
        }

        writer.EndField();
    }
}
