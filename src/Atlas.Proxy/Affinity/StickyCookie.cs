using System.Globalization;
using System.Text;
using Atlas.Core.Affinity;
using Atlas.Core.Configuration;
using Atlas.Protocols.Http1;

namespace Atlas.Proxy.Affinity;

/// <summary>The cookie by which a pool's clients keep their server (RFC 6265). Immutable.</summary>
internal sealed class StickyCookie
{
    private readonly byte[] _name;
    private readonly byte[] _attributes;
    private readonly CookieSecure _secure;

    /// <summary>A cookie as configured.</summary>
    /// <param name="config">Its name and attributes.</param>
    /// <param name="ids">What it may say.</param>
    internal StickyCookie(CookieConfig config, ServerIds ids)
    {
        Ids = ids;
        _name = Encoding.ASCII.GetBytes(config.Name);
        _attributes = Encoding.ASCII.GetBytes(Attributes(config));
        _secure = config.Secure;
    }

    internal ServerIds Ids { get; }

    internal ReadOnlySpan<byte> Name => _name;

    /// <summary>Writes the field that binds a client to a server.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="server">The server's place in the pool.</param>
    /// <param name="overTls">Whether the client's request came over TLS.</param>
    internal void Write(ref HeadWriter writer, int server, bool overTls)
    {
        writer.BeginField("set-cookie"u8);
        writer.Append(_name);
        writer.Append("="u8);
        writer.Append(Ids[server]);
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

    private static string Attributes(CookieConfig config)
    {
        var text = new StringBuilder("; Path=/");
        if (config.TtlSeconds > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"; Max-Age={config.TtlSeconds}");
        }

        text.Append(config.HttpOnly ? "; HttpOnly" : "").Append("; SameSite=").Append(config.SameSite switch
        {
            CookieSameSite.Lax => "Lax",
            CookieSameSite.Strict => "Strict",
            CookieSameSite.None => "None",
            _ => throw new ArgumentOutOfRangeException(nameof(config)),
        });
        return text.ToString();
    }
}
