using System.Globalization;
using System.Net;
using Atlas.Engine.Tls;
using Atlas.Proxy.Snapshots;
using SocketAddress = Atlas.Engine.Streams.SocketAddress;

namespace Atlas.Running.Tls;

/// <summary>Says which clients fail the handshake of TLS, and why. Of failures that are alike (listener, client, reason) within a period
/// the first has a line; and all together have <see cref="MaxLines"/>, since anybody can fail as often as they like. What was left out
/// is counted in lines at the period's end, one for each listener and reason, again at most <see cref="MaxLines"/>. Any thread.</summary>
internal sealed class HandshakeLines : IHandshakeObserver, IDisposable
{
    /// <summary>The most lines of a period, and of those at its end.</summary>
    internal const int MaxLines = 10;

    /// <summary>How long a period lasts, from its first failure.</summary>
    internal static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    private static readonly string Within = string.Create(CultureInfo.InvariantCulture, $"{Period.TotalSeconds:0} s");

    private readonly Action<string> _say;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private readonly HashSet<(string Listener, UInt128 Client, string Result)> _said = [];

    // As many as there are listeners and results.
    private readonly Dictionary<(string Listener, string Result), int> _leftOut = [];
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
    public void HandshakeFailed(string listener, SocketAddress client, string result, string detail, TlsRefusedCertificate? refused)
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
                _say(LineOf(listener, client, result, detail) + CertificateOf(refused));
            }
            else
            {
                _leftOut[(listener, result)] = _leftOut.GetValueOrDefault((listener, result)) + 1;
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

    private static string CertificateOf(TlsRefusedCertificate? refused)
    {
        if (refused is null)
        {
            return "";
        }

        // What the client chose stands last and in quotation marks, which it cannot close.
        string issuer = refused.IsOfIssuer ? $", issuer {Quoted(refused.IssuerSubject)}" : "";
        return $"; it showed SHA-256 {refused.Fingerprint}{issuer}, subject {Quoted(refused.Subject)}";
    }

    private static string Quoted(string subject) => subject.Length < TlsRefusedCertificate.MaxSubjectLength ? $"\"{subject}\"" : $"\"{subject}…\"";

    private void EndPeriod()
    {
        lock (_gate)
        {
            var most = _leftOut.OrderByDescending(one => one.Value).ThenBy(one => one.Key).ToList();
            foreach (var ((listener, result), count) in most.Take(MaxLines))
            {
                string more = string.Create(CultureInfo.InvariantCulture, $"{count} more TLS {(count == 1 ? "handshake" : "handshakes")}");
                _say($"listener {listener}: {more} failed ({result}) within {Within} without a line of their own");
            }

            if (most.Count > MaxLines)
            {
                long rest = most.Skip(MaxLines).Sum(one => (long)one.Value);
                string more = string.Create(CultureInfo.InvariantCulture, $"{rest} more TLS handshakes failed within {Within}");
                _say($"other listeners and reasons: {more}; atlas_tls_handshakes_total counts all");
            }

            _said.Clear();
            _leftOut.Clear();
            _isCounting = false;
        }
    }
}
