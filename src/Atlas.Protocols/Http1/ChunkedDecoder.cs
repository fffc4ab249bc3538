using System.Runtime.InteropServices;
using Atlas.Protocols.Http;

namespace Atlas.Protocols.Http1;

/// <summary>
/// Takes the chunked coding off a body (RFC 9112 7.1), fed in pieces of any size. It is strict where implementations differ
/// and requests have been smuggled: every line ends with CRLF, a size is 1 to 16 hexadecimal digits, and no whitespace is
/// allowed, not even the "bad" whitespace that RFC 9112 lets stand around the parts of an extension.
/// </summary>
/// <remarks>
/// <code>
/// state      reads                        then
/// Size       hexadecimal digits           ";" Extension, CR SizeLf
/// Extension  see ChunkExtensionReader     CR SizeLf
/// SizeLf     LF                           Data, or LastLine after size 0
/// Data       as many bytes as the size    DataCr
/// DataCr     CR                           DataLf
/// DataLf     LF                           Size
/// LastLine   CR, or any byte unconsumed   LastLf, or Trailers
/// LastLf     LF                           Done
/// </code>
/// </remarks>
[StructLayout(LayoutKind.Auto)]
public struct ChunkedDecoder
{
    private const int MaxDigits = 16;

    private State _state;
    private byte _digits;
    private ChunkExtensionReader _extension;

    // The size while it is read, then the bytes of data still to come.
    private long _remaining;

    private enum State : byte
    {
        Size,
        Extension,
        SizeLf,
        Data,
        DataCr,
        DataLf,
        LastLine,
        LastLf,
        Trailers,
        Done,
        Failed,
    }

    /// <summary>What is wrong with the coding; none unless a call said error.</summary>
    public HttpError Error { readonly get; private set; }

    /// <summary>
    /// Finds the next run of data without copying it, for a caller that sends it from where it lies. The run comes with any
    /// status: after data, the lines up to the next data are consumed in the same call as far as they are there.
    /// </summary>
    /// <param name="source">The bytes after those consumed by the last call.</param>
    /// <param name="consumed">How many of them are done with, the data included; all of them if the status is need more.</param>
    /// <param name="data">The part of the source that is data; empty if there is none in it.</param>
    public ChunkStatus Next(ReadOnlySpan<byte> source, out int consumed, out Slice data) =>
        Next(source, int.MaxValue, out consumed, out data);

    /// <summary>Copies all data in the source to the destination, as far as it has room.</summary>
    /// <param name="source">The bytes after those consumed by the last call.</param>
    /// <param name="destination">
    /// Where data goes. It may begin at the address at which the source begins; the data then moves to the front.
    /// </param>
    /// <param name="consumed">How many bytes of the source are done with; all of them if the status is need more.</param>
    /// <param name="written">How many bytes of data were written; never more than consumed.</param>
    /// <returns><see cref="ChunkStatus.Data"/> only if the destination is full and there is more data in the source.</returns>
    public ChunkStatus Decode(ReadOnlySpan<byte> source, Span<byte> destination, out int consumed, out int written)
    {
        consumed = 0;
        written = 0;
        while (true)
        {
            ReadOnlySpan<byte> rest = source[consumed..];
            Span<byte> room = destination[written..];
            ChunkStatus status = Next(rest, room.Length, out int step, out Slice data);
            ReadOnlySpan<byte> payload = data.Of(rest);
            if (payload != room[..payload.Length])
            {
                payload.CopyTo(room);
            }

            consumed += step;
            written += payload.Length;
            if (status != ChunkStatus.Data || written == destination.Length)
            {
                return status;
            }
        }
    }

    /// <summary>Makes it ready for the next body.</summary>
    public void Reset() => this = default;

    private ChunkStatus Next(ReadOnlySpan<byte> source, int room, out int consumed, out Slice data)
    {
        data = default;
        int i = 0;
        while (_state < State.Trailers && i < source.Length)
        {
            if (_state != State.Data)
            {
                Step(source[i], ref i);
                continue;
            }

            int length = (int)Math.Min(_remaining, Math.Min(source.Length - i, room));
            if (!data.IsEmpty || length == 0)
            {
                consumed = i;
                return ChunkStatus.Data;
            }

            data = new Slice(i, length);
            i += length;
            _remaining -= length;
            if (_remaining == 0)
            {
                _state = State.DataCr;
            }
        }

        consumed = i;
        return _state switch
        {
            State.Trailers => ChunkStatus.Trailers,
            State.Done => ChunkStatus.Done,
            State.Failed => ChunkStatus.Error,
            _ => ChunkStatus.NeedMore,
        };
    }

    // Takes one byte that is not data. The byte after the last chunk's line is left where it is if trailers begin with it.
    private void Step(byte value, ref int index)
    {
        index++;
        switch (_state)
        {
            case State.Size:
                StepSize(value);
                break;
            case State.Extension:
                if (value is (byte)'\r' or (byte)'\n')
                {
                    EndExtension(value);
                }
                else
                {
                    Check(_extension.Step(value));
                }

                break;
            case State.SizeLf:
                Expect(value, '\n', _remaining == 0 ? State.LastLine : State.Data, HttpError.BareLineEndInChunk);
                break;
            case State.DataCr:
                Expect(value, '\r', State.DataLf, HttpError.MissingChunkEnd);
                break;
            case State.DataLf:
                Expect(value, '\n', State.Size, HttpError.BareLineEndInChunk);
                _digits = 0;
                _extension = default;
                break;
            case State.LastLine when value != '\r':
                index--;
                _state = State.Trailers;
                break;
            case State.LastLine:
                _state = State.LastLf;
                break;
            case State.LastLf:
                Expect(value, '\n', State.Done, HttpError.BareLineEndInChunk);
                break;
            case State.Data:
            case State.Trailers:
            case State.Done:
            case State.Failed:
            default:
                break;
        }
    }

    private void StepSize(byte value)
    {
        int digit = PercentEncoding.HexDigit(value);
        if (digit >= 0)
        {
            if (_digits == MaxDigits)
            {
                Check(HttpError.InvalidChunkSize);
            }
            else if (_remaining > long.MaxValue >> 4)
            {
                Check(HttpError.ChunkSizeOverflow);
            }
            else
            {
                _digits++;
                _remaining = (_remaining << 4) | (uint)digit;
            }
        }
        else if (_digits == 0)
        {
            Check(HttpError.InvalidChunkSize);
        }
        else if (value == ';')
        {
            _state = State.Extension;
            Check(_extension.Step(value));
        }
        else
        {
            Expect(value, '\r', State.SizeLf, HttpError.InvalidChunkSize);
        }
    }

    private void EndExtension(byte value)
    {
        Check(_extension.IsComplete ? HttpError.None : HttpError.InvalidChunkExtension);
        if (_state != State.Failed)
        {
            Expect(value, '\r', State.SizeLf, HttpError.InvalidChunkExtension);
        }
    }

    // An LF alone is told apart from other wrong bytes, for it is what smuggling attempts send.
    private void Expect(byte value, char expected, State then, HttpError otherwise)
    {
        if (value == expected)
        {
            _state = then;
        }
        else
        {
            Check(value == '\n' ? HttpError.BareLineEndInChunk : otherwise);
        }
    }

    private void Check(HttpError error)
    {
        if (error != HttpError.None)
        {
            Error = error;
            _state = State.Failed;
        }
    }
}
