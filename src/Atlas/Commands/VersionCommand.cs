using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;

namespace Atlas.Commands;

/// <summary><c>atlas version</c>, and <c>atlas --version</c>.</summary>
internal static class VersionCommand
{
    /// <summary>The version that the build was given, such as <c>0.2.0</c> or <c>0.2.1-alpha.0.5</c>, without the
    /// commit.</summary>
    internal static string Version { get; } = typeof(VersionCommand).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";

    internal static Command Create() => new("version", "Print the version.") { Action = new PrintAction() };

    internal sealed class PrintAction : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            Console.WriteLine($"atlas {Version}");
            return ExitCodes.Done;
        }
    }
}
