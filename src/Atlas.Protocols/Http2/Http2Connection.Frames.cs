using System.Buffers.Binary;

namespace Atlas.Protocols.Http2;

/// <summary>Frames other than heads and content (RFC 9113 6.3 to 6.9, RFC 9218 7.1).</summary>
public sealed partial class Http2Connection
{
    private const int SmallFrame = 256;
    private const int NumberBytes = 4;
    private const int PingBytes = 8;
    private const int GoAwayBytes = 8;
    private const int SettingBytes = 6;

    private int _settingsSent = 1;
    private int _pingsSent;

    // What of a frame is looked at, where the rest is passed over.
    private int _skippedRest;

    private void BeginOther()
    {
        _payload = PayloadKind.Whole;
        switch (_frame.Type)
        {
            case Http2FrameType.Priority:
                BeginPriority();
                break;
            case Http2FrameType.ResetStream:
                Expect(onStream: true, NumberBytes);
                break;
            case Http2FrameType.Settings:
                BeginSettings();
                break;
            case Http2FrameType.PushPromise:
                Fail(Http2Error.UnexpectedPush);
                break;
            case Http2FrameType.Ping:
                Expect(onStream: false, PingBytes);
                break;
            case Http2FrameType.GoAway:
                BeginGoAway();
                break;
            case Http2FrameType.WindowUpdate:
                Expect(onStream: _frame.StreamId > 0, NumberBytes);
                break;
            case Http2FrameType.PriorityUpdate:
                BeginPriorityUpdate();
                break;
            default:
                // RFC 9113 5.5.
                SkipRest();
                CountIgnored();
                break;
        }
    }

    private void Expect(bool onStream, int length)
    {
        if (onStream == (_frame.StreamId == 0))
        {
            Fail(onStream ? Http2Error.StreamRequired : Http2Error.StreamNotAllowed);
        }
        else if (_left != length)
        {
            Fail(Http2Error.InvalidFrameSize);
        }
    }

    private void BeginPriority()
    {
        if (_frame.StreamId == 0)
        {
            Fail(Http2Error.StreamRequired);
        }
        else if (_floods.Priority())
        {
            Fail(Http2Flood.Priorities);
        }
        else if (_left != PriorityBytes)
        {
            SkipRest();
            FailStream(_frame.StreamId, Http2Error.InvalidFrameSize);
        }
    }

    private void BeginSettings()
    {
        bool isAck = _frame.Has(Http2FrameFlags.Ack);
        if (_frame.StreamId != 0)
        {
            Fail(Http2Error.StreamNotAllowed);
        }
        else if (_left % SettingBytes != 0 || (isAck && _left > 0))
        {
            Fail(Http2Error.InvalidFrameSize);
        }
        else if (_left > _limits.SettingsPerFrame * SettingBytes || (!isAck && _floods.Settings()))
        {
            Fail(Http2Flood.Settings);
        }
    }

    private void BeginGoAway()
    {
        if (_frame.StreamId != 0)
        {
            Fail(Http2Error.StreamNotAllowed);
        }
        else if (_left < GoAwayBytes)
        {
            Fail(Http2Error.InvalidFrameSize);
        }
        else
        {
            LookAt(GoAwayBytes);
        }
    }

    private void BeginPriorityUpdate()
    {
        if (_frame.StreamId != 0)
        {
            Fail(Http2Error.StreamNotAllowed);
        }
        else if (_role == Http2Role.Client)
        {
            Fail(Http2Error.UnexpectedPriorityUpdate);
        }
        else if (_left < NumberBytes)
        {
            Fail(Http2Error.InvalidFrameSize);
        }
        else if (_floods.Priority())
        {
            Fail(Http2Flood.Priorities);
        }
        else
        {
            LookAt(Math.Min(_left, SmallFrame));
        }
    }

    // Only the beginning of the payload is looked at.
    private void LookAt(int length)
    {
        _skippedRest = _left - length;
        _left = length;
    }

    private void HandleWhole(ReadOnlySpan<byte> payload)
    {
        if (_skippedRest > 0)
        {
            _left = _skippedRest;
            _payload = PayloadKind.Skipped;
            _skippedRest = 0;
        }

        switch (_frame.Type)
        {
            case Http2FrameType.Priority:
                HandlePriority(payload);
                break;
            case Http2FrameType.ResetStream:
                HandleReset((Http2ErrorCode)BinaryPrimitives.ReadUInt32BigEndian(payload));
                break;
            case Http2FrameType.Settings:
                HandleSettings(payload);
                break;
            case Http2FrameType.Ping:
                HandlePing(payload);
                break;
            case Http2FrameType.GoAway:
                HandleGoAway(payload);
                break;
            case Http2FrameType.WindowUpdate:
                HandleWindowUpdate((int)(BinaryPrimitives.ReadUInt32BigEndian(payload) & int.MaxValue));
                break;
            case Http2FrameType.PriorityUpdate:
                HandlePriorityUpdate(payload);
                break;
            case Http2FrameType.Data:
            case Http2FrameType.Headers:
            case Http2FrameType.PushPromise:
            case Http2FrameType.Continuation:
            default:
                break;
        }
    }

    private void HandlePriority(ReadOnlySpan<byte> payload)
    {
        if (Dependency(payload) == _frame.StreamId)
        {
            FailStream(_frame.StreamId, Http2Error.SelfDependency);
        }
    }

    private void HandleReset(Http2ErrorCode code)
    {
        Http2Stream? stream = _streams.Find(_frame.StreamId);
        if (stream is not null)
        {
            Close(stream, ClosedKind.ResetByPeer);
            End(stream, code, Http2Error.None);

            // A server that resets does so to what it was asked for; that is no work that it causes.
            if (_role == Http2Role.Server && !_floods.IsResetPaid())
            {
                CountPeerReset();
            }
        }
        else if (IsIdle(_frame.StreamId))
        {
            Fail(Http2Error.StreamIdle);
        }
        else
        {
            CountIgnored();
        }
    }

    private void HandleSettings(ReadOnlySpan<byte> payload)
    {
        if (_frame.Has(Http2FrameFlags.Ack))
        {
            if (_settingsSent > 0)
            {
                _settingsSent--;
            }
            else
            {
                CountIgnored();
            }

            return;
        }

        _hasSettings = true;
        int window = _peer.Window;
        Http2Error error = _peer.Take(payload, _role);
        if (error == Http2Error.None)
        {
            error = ChangeWindows(_peer.Window - (long)window);
        }

        if (error != Http2Error.None)
        {
            Fail(error);
            return;
        }

        _encoder.LimitTable(_peer.TableSize);
        _control.SettingsAck();
        _handler.OnSettings();
        TellReady();
    }

    private void HandlePing(ReadOnlySpan<byte> payload)
    {
        if (!_frame.Has(Http2FrameFlags.Ack))
        {
            _control.Ping(payload, isAck: true);
            if (_floods.Ping())
            {
                Fail(Http2Flood.Pings);
            }
        }
        else if (_pingsSent > 0)
        {
            _pingsSent--;
            _handler.OnPong(BinaryPrimitives.ReadUInt64BigEndian(payload));
        }
        else
        {
            CountIgnored();
        }
    }

    private void HandleGoAway(ReadOnlySpan<byte> payload)
    {
        int last = (int)(BinaryPrimitives.ReadUInt32BigEndian(payload) & int.MaxValue);
        if (_peerGoesAway)
        {
            CountIgnored();
        }

        _peerGoesAway = true;
        for (int i = _streams.Count - 1; i >= 0; i--)
        {
            // The handler may end others, of which those that are left move down.
            Http2Stream? stream = i < _streams.Count ? _streams[i] : null;
            if (_role == Http2Role.Client && stream is not null && (stream.Id == 0 || stream.Id > last))
            {
                Close(stream, ClosedKind.ResetHere);
                End(stream, Http2ErrorCode.RefusedStream, Http2Error.GoneAway);
            }
        }

        _handler.OnGoAway(last, (Http2ErrorCode)BinaryPrimitives.ReadUInt32BigEndian(payload[NumberBytes..]));
    }

    private void HandlePriorityUpdate(ReadOnlySpan<byte> payload)
    {
        int id = (int)(BinaryPrimitives.ReadUInt32BigEndian(payload) & int.MaxValue);
        if (id == 0)
        {
            Fail(Http2Error.StreamRequired);
        }
        else if (_streams.Find(id) is { } stream)
        {
            PriorityField.Read(payload[NumberBytes..], stream);
        }
    }
}
