using Atlas.Cli.Tests.Kernel;
using Atlas.Cli.Tests.Programs;

namespace Atlas.Cli.Tests.HighAvailability;

/// <summary>keepalived on a node, as another implementation of VRRP.</summary>
public static class KeepalivedNode
{
    /// <summary>Starts it.</summary>
    /// <param name="node">Where.</param>
    /// <param name="config">Its directory gets the configuration of keepalived, too.</param>
    /// <param name="router">Lines of its <c>vrrp_instance</c>.</param>
    public static RunningProgram Start(NetworkNamespace node, ConfigFile config, string router)
    {
        string file = config.Sibling($"{node.Name}.conf");
        File.WriteAllText(file, $$"""
            global_defs {
              vrrp_version 3
            }
            vrrp_instance test {
              interface eth
              virtual_router_id 51
              {{router.ReplaceLineEndings("\n  ")}}
            }

            """);
        string pid = config.Sibling(node.Name);
        return node.Start(
            "keepalived", "--vrrp", "--dont-fork", "--log-console", "--log-detail", "--no-syslog", "--use-file", file,
            "--pid", pid + ".pid", "--vrrp_pid", pid + ".vrrp");
    }
}
