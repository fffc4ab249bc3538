using System.Globalization;

namespace Atlas.Integration.Tests.Wire;

/// <summary>A message as a strict reader of RFC 9112 sees it, requests and responses alike.</summary>
internal sealed class WireMessage
{
    public required string StartLine { get; init; }

    public List<(string Name, string Value)> Fields { get; } = [];

    public List<(string Name, string Value)> Trailers { get; } = [];

    public string Body { get; private set; } = "";

    /// <summary>Whether the message came to the end that its framing says.</summary>
    public bool IsComplete { get; private set; }

    public int Status => int.Parse(StartLine.Split(' ')[1], CultureInfo.InvariantCulture);

    public string? this[string name] => All(name) is [var first, ..] ? first : null;

    public string[] All(string name) =>
        [.. Fields.Where(field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(field => field.Value)];

    /// <summary>Reads a request; null if the stream ends before its first byte.</summary>
    public static Task<WireMessage?> ReadRequestAsync(WireConnection connection) => ReadAsync(connection, "", isRequest: true);

    /// <summary>Reads a response; null if the stream ends before its head does.</summary>
    /// <param name="connection">Where from.</param>
    /// <param name="method">The method of the request that it answers.</param>
    public static Task<WireMessage?> ReadResponseAsync(WireConnection connection, string method = "GET") =>
        ReadAsync(connection, method, isRequest: false);

    /// <summary>Reads the head alone.</summary>
    public static async Task<WireMessage?> ReadHeadAsync(WireConnection connection)
    {
        string? line = await connection.TakeLineAsync();
        if (line is null)
        {
            return null;
        }

        var message = new WireMessage { StartLine = line };
        return await ReadFieldsAsync(connection, message.Fields) ? message : null;
    }

    /// <summary>Reads the body that the framing fields announce.</summary>
    public async Task ReadBodyAsync(WireConnection connection, bool isRequest)
    {
        if (this["transfer-encoding"] is not null)
        {
            await ReadChunksAsync(connection);
        }
        else if (this["content-length"] is { } length)
        {
            int bytes = int.Parse(length, NumberStyles.None, CultureInfo.InvariantCulture);
            Body = await connection.TakeAsync(bytes);
            IsComplete = Body.Length == bytes;
        }
        else
        {
            Body = isRequest ? "" : await connection.TakeToEndAsync();
            IsComplete = isRequest || !connection.WasReset;
        }
    }

    public override string ToString() =>
        $"{StartLine}\n{string.Join('\n', Fields.Select(field => $"{field.Name}: {field.Value}"))}\n\n{Body}";

    private static async Task<WireMessage?> ReadAsync(WireConnection connection, string method, bool isRequest)
    {
        WireMessage? message = await ReadHeadAsync(connection);
        if (message is null)
        {
            return null;
        }

        if (!isRequest && (method == "HEAD" || message.Status is < 200 or 204 or 304))
        {
            message.IsComplete = true;
            return message;
        }

        await message.ReadBodyAsync(connection, isRequest);
        return message;
    }

    private static async Task<bool> ReadFieldsAsync(WireConnection connection, List<(string Name, string Value)> fields)
    {
        while (await connection.TakeLineAsync() is { } line)
        {
            if (line.Length == 0)
            {
                return true;
            }

            int colon = line.IndexOf(':', StringComparison.Ordinal);
            colon.ShouldBeGreaterThan(0, line);
            fields.Add((line[..colon], line[(colon + 1)..].Trim(' ', '\t')));
        }

        return false;
    }

    private async Task ReadChunksAsync(WireConnection connection)
    {
        var body = new System.Text.StringBuilder();
        while (await connection.TakeLineAsync() is { } line)
        {
            int size = int.Parse(line, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            if (size == 0)
            {
                IsComplete = await ReadFieldsAsync(connection, Trailers);
                break;
            }

            string data = await connection.TakeAsync(size);
            body.Append(data);
            if (data.Length < size || await connection.TakeAsync(2) != "\r\n")
            {
                break;
            }
        }

        Body = body.ToString();
    }
}
