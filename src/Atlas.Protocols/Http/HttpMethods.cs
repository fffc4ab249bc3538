namespace Atlas.Protocols.Http;

/// <summary>What is known of the standard methods.</summary>
public static class HttpMethods
{
    /// <summary>Whether repeating a request has the effect of one (RFC 9110 9.2.2). False for unknown methods.</summary>
    public static bool IsIdempotent(this HttpMethod method) => method switch
    {
        HttpMethod.Get or HttpMethod.Head or HttpMethod.Options or HttpMethod.Trace => true,
        HttpMethod.Put or HttpMethod.Delete => true,
        HttpMethod.Post or HttpMethod.Patch or HttpMethod.Connect or HttpMethod.Other => false,
        _ => false,
    };

    /// <summary>Whether the method only reads (RFC 9110 9.2.1). False for unknown methods.</summary>
    public static bool IsSafe(this HttpMethod method) => method switch
    {
        HttpMethod.Get or HttpMethod.Head or HttpMethod.Options or HttpMethod.Trace => true,
        HttpMethod.Put or HttpMethod.Delete or HttpMethod.Post or HttpMethod.Patch => false,
        HttpMethod.Connect or HttpMethod.Other => false,
        _ => false,
    };

    /// <summary>The method's name as it stands in a request line; empty for <see cref="HttpMethod.Other"/>.</summary>
    public static ReadOnlySpan<byte> Name(this HttpMethod method) => method switch
    {
        HttpMethod.Get => "GET"u8,
        HttpMethod.Head => "HEAD"u8,
        HttpMethod.Post => "POST"u8,
        HttpMethod.Put => "PUT"u8,
        HttpMethod.Delete => "DELETE"u8,
        HttpMethod.Connect => "CONNECT"u8,
        HttpMethod.Options => "OPTIONS"u8,
        HttpMethod.Trace => "TRACE"u8,
        HttpMethod.Patch => "PATCH"u8,
        HttpMethod.Other => default,
        _ => default,
    };

    /// <summary>The method that has exactly this name, upper-case; <see cref="HttpMethod.Other"/> if none has.</summary>
    public static HttpMethod Recognize(ReadOnlySpan<byte> name)
    {
        switch (name.Length)
        {
            case 3:
                return name.SequenceEqual("GET"u8) ? HttpMethod.Get
                    : name.SequenceEqual("PUT"u8) ? HttpMethod.Put
                    : HttpMethod.Other;
            case 4:
                return name.SequenceEqual("POST"u8) ? HttpMethod.Post
                    : name.SequenceEqual("HEAD"u8) ? HttpMethod.Head
                    : HttpMethod.Other;
            case 5:
                return name.SequenceEqual("PATCH"u8) ? HttpMethod.Patch
                    : name.SequenceEqual("TRACE"u8) ? HttpMethod.Trace
                    : HttpMethod.Other;
            case 6:
                return name.SequenceEqual("DELETE"u8) ? HttpMethod.Delete : HttpMethod.Other;
            case 7:
                return name.SequenceEqual("OPTIONS"u8) ? HttpMethod.Options
                    : name.SequenceEqual("CONNECT"u8) ? HttpMethod.Connect
                    : HttpMethod.Other;
            default:
                return HttpMethod.Other;
        }
    }
}
