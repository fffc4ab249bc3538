using System.Globalization;
using System.Text;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Simulation;

namespace Atlas.Proxy.Tests.Sessions;

/// <summary>Reads messages from a stream, plainly and without a line of the proxy's own parser.</summary>
public sealed class WireReader(ByteStream stream)
{
    private readonly List<byte> _buffer = [];
    private readonly byte[] _piece = new byte[16 * 1024];

    /// <summary>How the stream ended: 0 in order, negative with an error; positive while it goes on.</summary>
    public int Last { get; private set; } = 1;

    /// <summary>Bytes that were received and belong to nothing read so far.</summary>
    public int Left => _buffer.Count;

    /// <summary>Milliseconds between two receives, for a slow reader.</summary>
    public int PauseMs { get; set; }

    /// <summary>Reads a request.</summary>
    /// <returns>Null if the stream ended before its first byte.</returns>
    public async ResultFlow<WireMessage?> RequestAsync()
    {
        WireMessage? head = await HeadAsync();
        return head is null || !head.IsWhole ? head : await BodyAsync(head, untilClose: false);
    }

    /// <summary>Reads the next response, which may be an interim one.</summary>
    /// <returns>Null if the stream ended before its first byte.</returns>
    public async ResultFlow<WireMessage?> ResponseAsync(string method)
    {
        WireMessage? head = await HeadAsync();
        if (head is null || !head.IsWhole || head.Status < 200 || head.Status is 204 or 304 || method == "HEAD")
        {
            return head;
        }

        return await BodyAsync(head, untilClose: true);
    }

    /// <summary>Reads the final response and drops interim ones.</summary>
    public async ResultFlow<WireMessage?> FinalResponseAsync(string method)
    {
        WireMessage? response = await ResponseAsync(method);
        while (response is { IsWhole: true, Status: < 200 })
        {
            response = await ResponseAsync(method);
        }

        return response;
    }

    /// <summary>Reads only the head of a message.</summary>
    public async ResultFlow<WireMessage?> HeadAsync()
    {
        int end;
        while ((end = IndexOf("\r\n\r\n"u8)) < 0)
        {
            if (!await MoreAsync())
            {
                return _buffer.Count == 0 ? null : new WireMessage(Encoding.Latin1.GetString([.. _buffer]), []) { IsWhole = false };
            }
        }

        string[] lines = Encoding.Latin1.GetString(Take(end + 4)).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        return new WireMessage(lines[0], [.. lines.Skip(1).Select(FieldOf)]);
    }

    /// <summary>Takes whatever comes until the stream ends.</summary>
    public async ResultFlow<byte[]> ToEndAsync()
    {
        while (await MoreAsync())
        {
            // Until the end.
        }

        return Take(_buffer.Count);
    }

    /// <summary>Takes a number of bytes, or fewer where the stream ends.</summary>
    public async ResultFlow<byte[]> BytesAsync(int count)
    {
        while (_buffer.Count < count && await MoreAsync())
        {
            // Until enough is there.
        }

        return Take(Math.Min(count, _buffer.Count));
    }

    private static (string Name, string Value) FieldOf(string line)
    {
        int colon = line.IndexOf(':', StringComparison.Ordinal);
        return (line[..colon], line[(colon + 1)..].Trim());
    }

    private async ResultFlow<WireMessage> BodyAsync(WireMessage head, bool untilClose)
    {
        if (head.Field("transfer-encoding") is { } coding)
        {
            coding.ShouldBe("chunked");
            head.Field("content-length").ShouldBeNull("a message has one framing");
            return await ChunksAsync(head);
        }

        if (head.Field("content-length") is { } text)
        {
            int length = int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
            byte[] body = await BytesAsync(length);
            return head with { Body = body, IsWhole = body.Length == length };
        }

        return untilClose ? head with { Body = await ToEndAsync(), IsWhole = Last == 0, EndsByClose = true } : head;
    }

    private async ResultFlow<WireMessage> ChunksAsync(WireMessage head)
    {
        var body = new List<byte>();
        while (true)
        {
            string? line = await LineAsync();
            if (line is null)
            {
                return head with { Body = [.. body], IsWhole = false };
            }

            int size = int.Parse(line, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            if (size == 0)
            {
                break;
            }

            byte[] chunk = await BytesAsync(size);
            body.AddRange(chunk);
            if (chunk.Length < size || await LineAsync() is not "")
            {
                return head with { Body = [.. body], IsWhole = false };
            }
        }

        var trailers = new List<(string Name, string Value)>();
        while (true)
        {
            string? line = await LineAsync();
            if (string.IsNullOrEmpty(line))
            {
                return head with { Body = [.. body], Trailers = trailers, IsWhole = line is not null };
            }

            trailers.Add(FieldOf(line));
        }
    }

    private async ResultFlow<string?> LineAsync()
    {
        int end;
        while ((end = IndexOf("\r\n"u8)) < 0)
        {
            if (!await MoreAsync())
            {
                return null;
            }
        }

        return Encoding.Latin1.GetString(Take(end + 2))[..^2];
    }

    private async ResultFlow<bool> MoreAsync()
    {
        if (Last <= 0)
        {
            return false;
        }

        if (PauseMs > 0)
        {
            await ((SimulatedLoop)stream.Loop).DelayAsync(PauseMs);
        }

        Last = await stream.ReceiveSomeAsync(_piece);
        if (Last > 0)
        {
            _buffer.AddRange(_piece.AsSpan(0, Last));
        }

        return Last > 0;
    }

    private int IndexOf(ReadOnlySpan<byte> what) =>
        System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_buffer).IndexOf(what);

    private byte[] Take(int count)
    {
        byte[] taken = [.. _buffer.GetRange(0, count)];
        _buffer.RemoveRange(0, count);
        return taken;
    }
}
