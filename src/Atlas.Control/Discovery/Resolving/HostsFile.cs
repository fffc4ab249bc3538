using System.Net;
using System.Net.Sockets;

namespace Atlas.Control.Discovery.Resolving;

/// <summary>The names of a hosts file (hosts(5)), and <c>localhost</c>, which is this machine in any case (RFC 6761
/// 6.3).</summary>
public sealed class HostsFile
{
    // No file that people keep is longer; what follows is left out.
    private const int MaxLines = 100_000;

    private readonly Dictionary<string, List<IPAddress>> _names = new(StringComparer.OrdinalIgnoreCase);

    private HostsFile()
    {
    }

    /// <summary>Reads a file. Lines without an address are skipped.</summary>
    public static HostsFile Parse(string text)
    {
        var hosts = new HostsFile();
        foreach (string line in text.Split('\n').Take(MaxLines))
        {
            string[] words = line.Split('#', 2)[0].Split([' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 1 && IPAddress.TryParse(words[0], out IPAddress? address))
            {
                foreach (string name in words.Skip(1))
                {
                    hosts.Add(name.TrimEnd('.'), address);
                }
            }
        }

        if (!hosts._names.ContainsKey("localhost"))
        {
            hosts.Add("localhost", IPAddress.Loopback);
            hosts.Add("localhost", IPAddress.IPv6Loopback);
        }

        return hosts;
    }

    /// <summary>The addresses of a name in the order of the file.</summary>
    /// <param name="name">The name, with or without a dot at its end.</param>
    /// <param name="family">Of which family.</param>
    /// <returns>Null: the file does not have the name at all; empty: it has it with addresses of the other family.</returns>
    public IReadOnlyList<IPAddress>? Find(string name, AddressFamily family) =>
        _names.TryGetValue(name.TrimEnd('.'), out List<IPAddress>? addresses)
            ? [.. addresses.Where(address => address.AddressFamily == family)]
            : null;

    private void Add(string name, IPAddress address)
    {
        if (!_names.TryGetValue(name, out List<IPAddress>? addresses))
        {
            _names.Add(name, addresses = []);
        }

        if (!addresses.Contains(address))
        {
            addresses.Add(address);
        }
    }
}
