using System.Globalization;
using System.Net;
using Atlas.Proxy.Snapshots;
using SocketAddress = Atlas.Engine.Streams.SocketAddress;

namespace Atlas.Running;

/// <summary>Says which clients fail the handshake of TLS, and why. Of failures that are alike (listener, client, reason) within a period
/// the first has a line; and all together have <see cref="MaxLines"/>, since anybody can fail as often as they like. What was left out
/// is counted in a line at the period's end. Any thread.</summary>
internal sealed class HandshakeLines : IHandshakeObserver, IDisposable
{
    /// <summary>The most lines of a period, beside the one at its end.</summary>
    internal const int MaxLines = 10;

    /// <summary>How long a period lasts, from its first failure.</summary>
    internal static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    private readonly Action<string> _say;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private readonly HashSet<(string Listener, UInt128 Client, string Result)> _said = [];
    private int _leftOut;
    private bool _isCounting;

    /// <summary>Has nothing to say yet.</summary>
    /// <param name="say">Takes lines. Must neither block nor call back.</param>
    /// <param name="time">The clock.</param>
    internal HandshakeLines(Action<string> say, TimeProvider time)
    {
        _say = say;
        _timer = time.CreateTimer(_ => EndPeriod(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc/>
    public void HandshakeFailed(string listener, SocketAddress client, string result, string detail)
    {
        lock (_gate)
        {
            if (!_isCounting)
            {
                _isCounting = true;
                _timer.Change(Period, Timeout.InfiniteTimeSpan);
            }

            // A line that is not said is not put together either.
            if (_said.Count < MaxLines && _said.Add((listener, NumberOf(client), result)))
            {
                _say(LineOf(listener, client, result, detail));
            }
            else
            {
                _leftOut++;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private static UInt128 NumberOf(SocketAddress client)
    {
        UInt128 number = client.IsUnix ? UInt128.Zero : UInt128.One;
        foreach (byte part in client.IsUnix ? [] : client.Ip)
        {
            number = (number << 8) | part;
        }

        return number;
    }

    private static string LineOf(string listener, SocketAddress client, string result, string detail)
    {
        string address = client.IsUnix ? "unix" : new IPAddress(client.Ip).ToString();
        string more = detail.Length == 0 ? "" : $": {detail}";
        return $"listener {listener}: TLS handshake with {address} failed ({result}){more}";
    }

    private void EndPeriod()
    {
        lock (_gate)
        {
            if (_leftOut > 0)
            {
                string count = string.Create(CultureInfo.InvariantCulture, $"{_leftOut} more failed within {Period.TotalSeconds:0} s");
                _say($"TLS handshakes with clients: {count} without a line of their own; atlas_tls_handshakes_total counts all");
            }

            _said.Clear();
            _leftOut = 0;
            _isCounting = false;
        }
    }
}
