using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Atlas.Integration.Tests.Wire;

/// <summary>One end of a TCP connection, client's or server's, that keeps every byte it received. Text is Latin-1, so that
/// each character is one byte. Nothing waits longer than <see cref="Deadline"/>.</summary>
internal sealed class WireConnection : IDisposable
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly Socket _socket;
    private readonly byte[] _piece = new byte[64 * 1024];
    private readonly MemoryStream _received = new();
    private int _taken;

    public WireConnection(Socket socket)
    {
        _socket = socket;
        _socket.NoDelay = true;
    }

    /// <summary>Whether received bytes are kept after they were taken; off for large bodies.</summary>
    public bool Records { get; set; } = true;

    public bool IsEnded { get; private set; }

    public bool WasReset { get; private set; }

    /// <summary>Bytes received and not taken yet.</summary>
    public int Waiting => (int)_received.Length - _taken;

    /// <summary>Whether bytes or the end of the stream can be received without waiting.</summary>
    public bool HasNews => _socket.Poll(0, SelectMode.SelectRead);

    /// <summary>Everything received so far.</summary>
    public byte[] Received
    {
        get
        {
            lock (_received)
            {
                return _received.ToArray();
            }
        }
    }

    public static async Task<WireConnection> ToAsync(IPEndPoint address, int receiveBuffer = 0)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        if (receiveBuffer > 0)
        {
            socket.ReceiveBufferSize = receiveBuffer;
        }

        using var limit = new CancellationTokenSource(Deadline);
        await socket.ConnectAsync(address, limit.Token);
        return new WireConnection(socket);
    }

    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        using var limit = new CancellationTokenSource(Deadline);
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await _socket.SendAsync(bytes, SocketFlags.None, limit.Token)..];
        }
    }

    /// <summary>Sends, but is content with a peer that closed meanwhile.</summary>
    public async Task<bool> TrySendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await SendAsync(bytes);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Receives more; false at the end of the stream or after a reset.</summary>
    public async Task<bool> FillAsync()
    {
        if (IsEnded)
        {
            return false;
        }

        using var limit = new CancellationTokenSource(Deadline);
        int received = 0;
        try
        {
            received = await _socket.ReceiveAsync(_piece, SocketFlags.None, limit.Token);
        }
        catch (SocketException)
        {
            WasReset = true;
        }
        catch (OperationCanceledException e) when (limit.IsCancellationRequested)
        {
            throw new TimeoutException($"Nothing came for {Deadline}. Received so far: {Text()}", e);
        }

        IsEnded = received == 0;
        lock (_received)
        {
            if (!Records && Waiting == 0)
            {
                _received.SetLength(0);
                _taken = 0;
            }

            _received.Seek(0, SeekOrigin.End);
            _received.Write(_piece, 0, received);
        }

        return !IsEnded;
    }

    /// <summary>Waits until something came, and leaves it where it is: closing then resets the connection.</summary>
    public async Task UntilNewsAsync()
    {
        using var limit = new CancellationTokenSource(Deadline);
        await _socket.ReceiveAsync(_piece.AsMemory(0, 1), SocketFlags.Peek, limit.Token);
    }

    /// <summary>Takes a line without its CRLF; null if the stream ends first.</summary>
    public async Task<string?> TakeLineAsync()
    {
        while (true)
        {
            int end = Rest().IndexOf("\r\n"u8);
            if (end >= 0)
            {
                return Take(end + 2)[..^2];
            }

            if (!await FillAsync())
            {
                return null;
            }
        }
    }

    /// <summary>Takes so many bytes; fewer if the stream ends first.</summary>
    public async Task<string> TakeAsync(int length)
    {
        while (Waiting < length && await FillAsync())
        {
        }

        return Take(Math.Min(length, Waiting));
    }

    /// <summary>Takes what is there once at least one byte is; empty at the end.</summary>
    public async Task<string> TakeSomeAsync()
    {
        if (Waiting == 0)
        {
            await FillAsync();
        }

        return Take(Waiting);
    }

    /// <summary>Takes everything up to the end of the stream.</summary>
    public async Task<string> TakeToEndAsync()
    {
        while (await FillAsync())
        {
        }

        return Take(Waiting);
    }

    /// <summary>Takes a large body without keeping it.</summary>
    /// <returns>Its SHA-256.</returns>
    public async Task<byte[]> TakeHashAsync(long length, bool chunked)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        while (length > 0)
        {
            long size = chunked
                ? long.Parse((await TakeLineAsync())!, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
                : length;
            length -= size;
            while (size > 0)
            {
                if (Waiting == 0 && !await FillAsync())
                {
                    return [];
                }

                int part = (int)Math.Min(Waiting, size);
                hash.AppendData(Rest()[..part]);
                _taken += part;
                size -= part;
            }

            if (chunked)
            {
                await TakeAsync(2);
            }
        }

        return chunked && await TakeAsync(5) != "0\r\n\r\n" ? [] : hash.GetHashAndReset();
    }

    public void ShutdownSend() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Closes with a reset.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Dispose();
    }

    public void Dispose() => _socket.Dispose();

    public string Text() => Encoding.Latin1.GetString(Received);

    private ReadOnlySpan<byte> Rest() => _received.GetBuffer().AsSpan(_taken, Waiting);

    private string Take(int length)
    {
        string text = Encoding.Latin1.GetString(_received.GetBuffer(), _taken, length);
        _taken += length;
        return text;
    }
}
