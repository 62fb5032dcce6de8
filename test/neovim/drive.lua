-- Opens nothing itself: waits for the diagnostics of the file that was opened, applies the code action that the test names,
-- waits for the diagnostics that remain, and writes everything as JSON.
local report = { before = {}, offered = {}, after = {} }

local function messages()
  return vim.tbl_map(function(each) return { each.code, each.lnum + 1, each.col + 1, each.severity } end, vim.diagnostic.get(0))
end
local function finish()
  vim.fn.writefile({ vim.json.encode(report) }, os.getenv('CORS_LINT_REPORT'))
  vim.cmd('qall!')
end
local function must(what, ready)
  if vim.wait(20000, ready, 20) then return true end
  report.failed = what
  finish()
end

-- What people choose from a menu is chosen here by its title, as a pattern of Vim's.
vim.ui.select = function(items, _, choose)
  for index, item in ipairs(items) do
    local title = (item[2] or item).title
    table.insert(report.offered, title)
    if vim.fn.match(title, os.getenv('CORS_LINT_ACTION')) >= 0 then return choose(item, index) end
  end
end

vim.defer_fn(function()
  local count = tonumber(os.getenv('CORS_LINT_COUNT'))
  if not must('diagnostics', function() return #vim.diagnostic.get(0) >= count end) then return end
  report.before = messages()
  local tick = vim.api.nvim_buf_get_changedtick(0)
  vim.api.nvim_win_set_cursor(0, { report.before[1][2], report.before[1][3] - 1 })
  vim.cmd('CorsLintFix')
  if not must('edit', function() return vim.api.nvim_buf_get_changedtick(0) ~= tick end) then return end
  if not must('diagnostics after the edit', function() return #vim.diagnostic.get(0) < count end) then return end
  report.after = messages()
  report.text = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, true), '\n')
  finish()
end, 0)
