namespace Atlas.Protocols.Http;

/// <summary>The standard request methods (RFC 9110 9.3, RFC 5789). Methods are case-sensitive.</summary>
public enum HttpMethod : byte
{
    /// <summary>A token that is none of the others; its text stands in the head.</summary>
    Other,

    /// <summary>GET: safe and idempotent.</summary>
    Get,

    /// <summary>HEAD: GET without the content of the response.</summary>
    Head,

    /// <summary>POST: neither safe nor idempotent.</summary>
    Post,

    /// <summary>PUT: idempotent.</summary>
    Put,

    /// <summary>DELETE: idempotent.</summary>
    Delete,

    /// <summary>CONNECT: a tunnel to the authority that is the target.</summary>
    Connect,

    /// <summary>OPTIONS: safe; the only one that may have <c>*</c> as the target.</summary>
    Options,

    /// <summary>TRACE: safe; a loop-back of the request.</summary>
    Trace,

    /// <summary>PATCH (RFC 5789): neither safe nor idempotent.</summary>
    Patch,
}
