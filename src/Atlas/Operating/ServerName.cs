namespace Atlas.Operating;

/// <summary>A server as the command line names it: <c>POOL/SERVER</c>.</summary>
internal sealed record ServerName(string Pool, string Server)
{
    public override string ToString() => $"{Pool}/{Server}";

    /// <summary>Reads a name; null: it is none. The first slash parts it, since a server's default name may be a path.</summary>
    internal static ServerName? Parse(string text)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && slash < text.Length - 1 ? new ServerName(text[..slash], text[(slash + 1)..]) : null;
    }
}
