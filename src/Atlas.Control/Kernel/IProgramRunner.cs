namespace Atlas.Control.Kernel;

/// <summary>Runs the programs that speak to the kernel: <c>nft</c> and <c>conntrack</c>.</summary>
public interface IProgramRunner
{
    /// <summary>Whether there is such a program.</summary>
    /// <param name="program">Its name, without a folder.</param>
    bool Has(string program);

    /// <summary>Runs a program and waits for its end, a bounded time.</summary>
    /// <param name="program">Its name, without a folder.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="input">Its standard input; null: none.</param>
    ProgramResult Run(string program, IReadOnlyList<string> arguments, string? input = null);
}
