using Atlas.Commands;

return args switch
{
    ["demo", .. string[] rest] => await DemoCommand.RunAsync(rest),
    ["server", .. string[] rest] => await ServerCommand.RunAsync(rest),
    ["version"] => VersionCommand.Run(),
    _ => Usage.Print(),
};
