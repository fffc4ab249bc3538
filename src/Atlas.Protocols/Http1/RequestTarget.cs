using System.Text;
using Atlas.Protocols.Http;

namespace Atlas.Protocols.Http1;

/// <summary>Tells the forms of a request target apart (RFC 9112 3.2) and finds path and authority in it.</summary>
internal static class RequestTarget
{
    /// <summary>
    /// Fills in form, path and, where the target has one, the authority. Method, target and query must stand in the head, and
    /// the target's bytes must be checked.
    /// </summary>
    public static HttpError Analyse(ReadOnlySpan<byte> buffer, RequestHead head)
    {
        Slice target = head.Target;
        int pathEnd = head.HasQuery ? head.Query.Offset - 1 : target.End;
        if (head.Method == HttpMethod.Connect)
        {
            return AnalyseAuthority(buffer, head);
        }

        byte first = buffer[target.Offset];
        if (first == '/')
        {
            head.Form = TargetForm.Origin;
            head.Path = new Slice(target.Offset, pathEnd - target.Offset);
            return HttpError.None;
        }

        if (first == '*' && target.Length == 1)
        {
            head.Form = TargetForm.Asterisk;
            head.Path = target;
            return head.Method == HttpMethod.Options ? HttpError.None : HttpError.TargetFormNotAllowed;
        }

        return AnalyseAbsolute(buffer, head, pathEnd);
    }

    // CONNECT: a host and a port, both required (RFC 9112 3.2.3).
    private static HttpError AnalyseAuthority(ReadOnlySpan<byte> buffer, RequestHead head)
    {
        Slice target = head.Target;
        byte first = buffer[target.Offset];
        if (first is (byte)'/' or (byte)'*')
        {
            return HttpError.TargetFormNotAllowed;
        }

        head.Form = TargetForm.Authority;
        HttpError error = SetAuthority(buffer, head, target);
        return error == HttpError.None && head.Port <= 0 ? HttpError.InvalidAuthority : error;
    }

    private static HttpError AnalyseAbsolute(ReadOnlySpan<byte> buffer, RequestHead head, int pathEnd)
    {
        ReadOnlySpan<byte> target = head.Target.Of(buffer);
        int schemeLength = target.IndexOf("://"u8);
        if (schemeLength < 0)
        {
            return HttpError.TargetFormNotAllowed;
        }

        head.Form = TargetForm.Absolute;
        head.IsHttpsTarget = Ascii.EqualsIgnoreCase(target[..schemeLength], "https"u8);
        if (!head.IsHttpsTarget && !Ascii.EqualsIgnoreCase(target[..schemeLength], "http"u8))
        {
            return HttpError.UnsupportedScheme;
        }

        int start = head.Target.Offset + schemeLength + 3;
        int length = buffer[start..pathEnd].IndexOf((byte)'/');
        int end = length < 0 ? pathEnd : start + length;
        head.Path = new Slice(end, pathEnd - end);
        return SetAuthority(buffer, head, new Slice(start, end - start));
    }

    private static HttpError SetAuthority(ReadOnlySpan<byte> buffer, RequestHead head, Slice authority)
    {
        if (!AuthoritySyntax.TryParse(authority.Of(buffer), out int hostLength, out int port))
        {
            return HttpError.InvalidAuthority;
        }

        head.Authority = authority;
        head.Host = new Slice(authority.Offset, hostLength);
        head.Port = port;
        return HttpError.None;
    }
}
