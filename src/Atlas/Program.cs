using Atlas.Commands;

return await AtlasCommand.InvokeAsync(args);
