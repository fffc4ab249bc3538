namespace Atlas.Core.Configuration;

/// <summary>What of a request is hashed or counted by, written <c>client_ip</c> or <c>header:NAME</c>.</summary>
/// <param name="Kind">The part of the request.</param>
/// <param name="Name">The header's, cookie's or parameter's name; empty with the other kinds.</param>
public readonly record struct RequestKey(RequestKeyKind Kind, string Name)
{
    /// <summary>The client's address.</summary>
    public static RequestKey ClientIp => new(RequestKeyKind.ClientIp, "");
}
